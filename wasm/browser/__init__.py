"""What runs only in the recipient's browser, in Pyodide."""
