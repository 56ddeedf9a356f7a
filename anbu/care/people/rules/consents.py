"""What a home agreed to, and what may therefore be done. The one place that decides it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from anbu.kernel.signs import CHANNELS


class Recipient(StrEnum):  # 받는 곳
    DONG = "dong"  # 시·자치구·동주민센터
    CENTRE = "centre"  # 야간·휴일 관제센터
    EMERGENCY = "emergency"  # 119·112
    AGENCY = "agency"  # 전담기구
    VENDOR = "vendor"  # 안부확인 서비스 업체, by name


class Aim(StrEnum):  # 목적
    CHECK_IN = "check_in"  # 안부확인
    RESCUE = "rescue"  # 긴급구조
    CARE = "care"  # 돌봄 연계


class Window(StrEnum):  # 시간대
    ALWAYS = "always"  # 늘
    NIGHT = "night"  # 야간·휴일


class Data(StrEnum):  # 자료
    POWER = "power"  # 전력
    LIGHT = "light"  # 조도
    MOTION = "motion"  # 움직임·문
    TELECOM = "telecom"  # 통신 이력
    ACTIVITY = "activity"  # 걸음 · 화면
    ANSWER = "answer"  # 안부 응답
    SPEECH = "speech"  # 말


DATA_OF = {
    "power_w": Data.POWER,
    "energy_wh": Data.POWER,
    "lux": Data.LIGHT,
    "motion": Data.MOTION,
    "door": Data.MOTION,
    "contact": Data.MOTION,
    "calls": Data.TELECOM,
    "sms": Data.TELECOM,
    "data_kb": Data.TELECOM,
    "steps": Data.ACTIVITY,
    "checkin": Data.ANSWER,
    "presence": Data.SPEECH,
    "screen": Data.ACTIVITY,
}
# What a folder of anbu.sources sends belongs to these services.
SERVICES_OF = {
    "smart_plug": frozenset({"smart_plug"}),
    "ami_meter": frozenset({"ami_telecom", "ami_telecom_app"}),
    "ai_speaker": frozenset({"ai_speaker"}),
    "telecom": frozenset({"ami_telecom", "ami_telecom_app", "phone_activity"}),
    "ai_call_vendor": frozenset({"ai_checkin_call"}),
    "app": frozenset({"ami_telecom_app", "phone_activity"}),
    "door": frozenset({"phone_activity"}),
}


@dataclass(frozen=True)
class Terms:
    """To whom, what for and when; one line of a consent form."""

    recipient: Recipient
    aim: Aim
    window: Window


# The lines of our consent forms, by the word the program calls them.
KINDS = {
    "monitoring": Terms(Recipient.DONG, Aim.CHECK_IN, Window.ALWAYS),  # 안부확인
    "night": Terms(Recipient.CENTRE, Aim.CHECK_IN, Window.NIGHT),  # 야간·휴일 확인
    "rescue": Terms(Recipient.EMERGENCY, Aim.RESCUE, Window.ALWAYS),  # 119·112에 알림
    "agency": Terms(Recipient.AGENCY, Aim.CARE, Window.ALWAYS),  # 전담기구에 알림
    # 서비스 업체가 확인; a third party is named: Personal Information Protection Act, art. 17
    "vendor": Terms(Recipient.VENDOR, Aim.CHECK_IN, Window.ALWAYS),
}
KIND_OF = {terms: kind for kind, terms in KINDS.items()}


class Deed(StrEnum):
    """What somebody or a machine wants to do, that needs a leave."""

    READING = "reading"  # take in what a device says
    NIGHT = "night"  # let the centre own an alarm at night
    MESSAGE = "message"  # write to the person
    SHARE = "share"  # tell 119 and 112
    VENDOR = "vendor"  # let the vendor that runs a service answer its signals


NEEDS = {
    Deed.READING: KINDS["monitoring"],
    Deed.NIGHT: KINDS["night"],
    Deed.MESSAGE: KINDS["monitoring"],
    Deed.SHARE: KINDS["rescue"],
    Deed.VENDOR: KINDS["vendor"],
}


class Basis(StrEnum):  # 근거
    CONSENT = "consent"  # 동의
    VITAL = "vital"  # 급박한 생명·신체의 이익 (개인정보 보호법 제15조 제1항 제5호)


# What needs no consent once life is at stake. A reading is none: by then nobody is helped by it.
VITAL_DEEDS = frozenset({Deed.NIGHT, Deed.MESSAGE, Deed.SHARE})


class NoLeave(StrEnum):  # 없는 까닭
    NEVER = "never"  # nobody ever agreed to it
    OTHER = "other"  # agreed, but for another service or kind of data
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Agreement:
    """One consent as it stands in the table. "" as service or data: all of them."""

    terms: Terms
    service: str
    data: str
    given_at: datetime
    until: datetime | None = None  # it runs out by itself
    ended_at: datetime | None = None  # withdrawn, or replaced by a newer form
    withdrawn: bool = False

    @property
    def over(self) -> datetime | None:
        """Return when it ends or ended, if ever."""
        return min((end for end in (self.until, self.ended_at) if end), default=None)

    def stands(self, at: datetime) -> bool:
        """Return whether it holds at this moment; STANDS says the same to the database."""
        return self.given_at <= at and (self.over is None or at < self.over)


# The same in SQL, of the table `c`; {at} is the moment asked about.
STANDS = (
    "c.given_at <= {at} AND (c.until IS NULL OR c.until > {at})"
    " AND (c.withdrawn_at IS NULL OR c.withdrawn_at > {at})"
    " AND (c.renewed_at IS NULL OR c.renewed_at > {at})"
)


def heard_from(agreements: Iterable[Agreement], *, at: datetime) -> datetime | None:
    """Return the end of the last time without consent; None: there was no such time yet.

    What a device remembers of such a time, and tells when it may speak again, is not taken in.
    The agreements are all of one kind.
    """
    kept = [each for each in agreements if each.given_at <= at]
    ends = [each.over for each in kept if each.over is not None and each.over <= at]
    gaps = [end for end in ends if not any(each.stands(end) for each in kept)]
    if not gaps:
        return None
    return min((each.given_at for each in kept if each.given_at > max(gaps)), default=None)


@dataclass(frozen=True)
class Leave:
    """Whether something may be done: on which basis, or why not. Truth is the basis."""

    basis: Basis | None
    why: NoLeave | None = None
    since: datetime | None = None  # of the consent that stands, or of its end

    def __bool__(self) -> bool:
        return self.basis is not None


def leave(
    deed: Deed,
    agreements: Iterable[Agreement],
    *,
    at: datetime,
    service: str = "",
    data: str = "",
    urgent: bool = False,
) -> Leave:
    """Return whether this may be done at this moment: with consent, else where life is at stake.

    `service` and `data` "": any of them will do.
    """
    kept = [each for each in agreements if each.terms == NEEDS[deed]]
    fitting = [each for each in kept if _covers(each, service, data)]
    standing = [each for each in fitting if each.stands(at)]
    if standing:
        return Leave(Basis.CONSENT, since=min(each.given_at for each in standing))
    if urgent and deed in VITAL_DEEDS:
        return Leave(Basis.VITAL)
    past = [each for each in fitting if each.given_at <= at]
    if not past and any(each.stands(at) for each in kept):
        return Leave(None, NoLeave.OTHER)
    past = past or [each for each in kept if each.given_at <= at]
    if not past:
        return Leave(None, NoLeave.NEVER)
    last = max(past, key=_end)
    return Leave(None, NoLeave.WITHDRAWN if _is_withdrawn(last) else NoLeave.EXPIRED, _end(last))


@dataclass(frozen=True)
class Loss:
    """What is no longer done, and no longer taken in, when a consent is taken back."""

    deeds: tuple[Deed, ...]
    data: tuple[Data, ...]


def loss(agreements: Iterable[Agreement], gone: Agreement, *, at: datetime) -> Loss:
    """Return what ends with one of these agreements; what another still carries goes on."""
    before = list(agreements)
    after = list(before)
    after.remove(gone)
    return Loss(
        deeds=tuple(
            deed for deed in Deed if leave(deed, before, at=at) and not leave(deed, after, at=at)
        ),
        data=tuple(
            data
            for data in Data
            if leave(Deed.READING, before, at=at, data=data)
            and not leave(Deed.READING, after, at=at, data=data)
        ),
    )


def _covers(each: Agreement, service: str, data: str) -> bool:
    same_service = not service or each.service in ("", service)
    return same_service and (not data or each.data in ("", data))


def _end(each: Agreement) -> datetime:
    return each.over or each.given_at


def _is_withdrawn(each: Agreement) -> bool:
    return each.withdrawn and each.ended_at == _end(each)


@lru_cache(maxsize=4096)
def channels_agreed(agreed: tuple[str, ...], source: str) -> frozenset[int]:
    """Return the channels of a source that may be taken in.

    `agreed` are the standing agreements of the home to READING, each as "service/data".
    """
    services = SERVICES_OF.get(source, frozenset()) | {""}
    kinds = {data for service, data in (one.split("/") for one in agreed) if service in services}
    if "" in kinds:
        return frozenset(channel.code for channel in CHANNELS)
    return frozenset(channel.code for channel in CHANNELS if DATA_OF[channel.name] in kinds)
