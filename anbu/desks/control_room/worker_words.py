"""What a worker of the care corps in danger is called on the screens of this desk."""

from django.utils.translation import gettext_lazy as lazy

STEPS = {"call": lazy("단원"), "contact": lazy("짝"), "joint": lazy("112")}
AFTER = {"contact": lazy("뒤 짝에게"), "joint": lazy("뒤 112로")}
IF_NOT = {
    "contact": lazy("시간이 지나면 다음 할 일: 짝에게 전화"),
    "joint": lazy("시간이 지나면 다음 할 일: 112 연락"),
}
NEXT = {
    "call": lazy("단원에게 전화"),
    "contact": lazy("짝에게 전화"),
    "joint": lazy("112 연락"),
}
OUTCOMES = {
    "worker_safe": lazy("단원 안전 확인"),
    "worker_hurt": lazy("단원이 다침"),
    "worker_attacked": lazy("단원이 위협·폭행을 당함"),
    "worker_slip": lazy("단원이 잘못 누름·깜빡함"),
}
EVIDENCE = {
    "crisis": ("lv3", lazy("돌봄단이 들음 —")),
    "worker_late": ("lv3", lazy("돌봄단원이 시간이 지나도 소식 없음")),
    "worker_help": ("lv3", lazy("돌봄단원이 도움을 부름")),
    "worker_duress": ("lv3", lazy("돌봄단원이 협박 번호를 누름")),
    "worker_calls": ("lv3", lazy("돌봄단원이 다시 도움을 부름")),
    "worker_out": ("person", lazy("돌봄단원의 전화가 나왔다고 알림")),
    "worker_fine": ("person", lazy("돌봄단원의 전화가 괜찮다고 알림")),
    "worker_pin": ("person", lazy("돌봄단원이 자기 번호로 도움 요청을 거둠")),
}
RESULT_KEYS = {
    "worker": (("1", "safe"), ("2", "help"), ("4", "no_answer")),
    "partner": (("1", "safe"), ("2", "unknown"), ("3", "will_look"), ("4", "no_answer")),
}
