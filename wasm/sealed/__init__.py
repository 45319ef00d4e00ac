"""The sealed report: one package for server, command line and browser.

Standard library only, and sans-I/O: nothing here reads a file, asks a server or calls
a cipher. FORMAT.md beside this file is the specification; the other modules follow it.
"""
