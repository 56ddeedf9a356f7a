"""What may be asked of a round."""
