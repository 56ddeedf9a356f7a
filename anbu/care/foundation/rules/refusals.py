"""What a room answers instead of doing: a refusal in words, or that nothing is there."""


class Refused(ValueError):
    """Something is not done, said in one Korean sentence for the person who tried.

    The sentence keeps its places for values, so that a desk can say it in another language.
    """

    def __init__(self, sentence: str, **values: str | int) -> None:
        self.sentence, self.values = sentence, tuple(values.items())
        super().__init__(sentence % values if values else sentence)


class NotHere(LookupError):
    """There is none, or none for this person: the two must look the same from outside."""
