"""How early, at what burden: two policies on one history, as docs/detection.md says.

The untouched record gives false alarms per seen home-month; copies of it in which all human
activity stops at a random moment give delays. Everything random has a fixed seed.
"""
