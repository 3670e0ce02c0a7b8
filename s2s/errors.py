"""The one exception that is meant for a person."""


class UserError(ValueError):
    """Something the person can mend: one plain sentence, shown in the page or on stderr.

    The command line prints it and exits with 2; a page shows it beside the input. Anything else
    that is raised is a defect of ours.
    """
