"""Everything that can happen in the world: the change itself and the events that tell of it.

People act through handles/ and bots through rest/; both end up here. No permission is checked here.
"""
