"""Processes that clean pages: no page can stop a run, and no fault of the machine is a page's."""
