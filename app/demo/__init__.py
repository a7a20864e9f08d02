"""The demo province: real units, made-up people, the figures of the resolution. Seen by the command alone."""
