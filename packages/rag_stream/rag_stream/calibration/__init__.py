"""What "nothing" looks like in an index: questions that no document answers, asked of it."""
