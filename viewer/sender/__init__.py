"""Sending from a program: what the command line is made of."""
