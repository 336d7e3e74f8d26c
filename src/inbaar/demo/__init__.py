"""The demonstration: the main job on the market's files and on real ones, through the doors a user has."""
