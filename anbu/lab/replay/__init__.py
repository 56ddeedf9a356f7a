"""Replay a history through the live kernel: readings and homes in, alarms out, no database."""
