"""What a page says, to find what it says in another language than it should."""

from __future__ import annotations

SAID = r"""() => {
    const found = [];
    const inline = (el) => getComputedStyle(el).display.startsWith("inline");
    const walk = (root) => {
        for (const el of root.querySelectorAll("*")) {
            if (el.shadowRoot) walk(el.shadowRoot);
            // What a visitor or a model wrote, and programs.
            if (el.closest("code, pre, script, style")) continue;
            for (const name of ["aria-label", "title", "placeholder", "alt"])
                if (el.getAttribute(name)) found.push(el.getAttribute(name));
            if (el.checkVisibility() && !inline(el) && [...el.children].every(inline))
                found.push(el.textContent);
        }
    };
    walk(document);
    return [...new Set(found.map((text) => text.replace(/\s+/g, " ").trim()))];
}"""
"""Every block's text, and what is read aloud in its place; inside components too."""
