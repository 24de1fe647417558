"""Trains GeoCrop's ensembles: a table by `geocrop sample` in, a bundle with its card and parity files out."""
