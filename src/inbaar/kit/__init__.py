"""What every room stands on and no business word is in: clock, errors, money, scope, base model, database."""
