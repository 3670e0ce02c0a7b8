"""What leaves: JSON, tables, and the NumPy program that checks a step."""
