"""The story: one file a chapter, each turning results into exhibits."""
