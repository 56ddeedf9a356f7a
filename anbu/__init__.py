"""Anbu (안부): nobody is left alone."""
