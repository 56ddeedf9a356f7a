"""What the review says, in the reader's language."""

from django.utils.translation import gettext_lazy as lazy

VERDICTS = {
    "right": lazy("정당함"),
    "unclear": lazy("소명 요청"),
    "wrong": lazy("부당함"),
}
RULES = {
    "many": lazy("한 시간에 많은 사람을 맡은 일 없이"),
    "neighbour": lazy("사는 곳 둘레의 가구를 맡은 일 없이"),
    "family": lazy("같은 성, 사는 길의 사람을 맡은 일 없이"),
    "again": lazy("한 사람을 이레 동안 거듭, 맡은 일 없이"),
    "night": lazy("근무가 아닌 밤에, 맡은 일 없이"),
    "bait": lazy("지어낸 사람을 엶"),
    "misses": lazy("긴급 열람으로 이름을 거듭 더듬음"),
}
