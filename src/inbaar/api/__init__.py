"""The shell that machines see: a JSON API with tokens, over the same actions as the screens."""
