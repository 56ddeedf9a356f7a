"""How a deed ends: what is wrong is said of the field it is wrong in."""

from anbu.desks.control_room.vendor_forms import ContractEndForm
from anbu.desks.control_room.views.deeds import faults_of


def test_a_sentence_that_fits_any_field_says_of_which_it_speaks():
    empty = ContractEndForm({})
    assert len(faults_of(empty)) == 2
    assert [fault.split(":")[0] for fault in faults_of(empty)] == ["계약", "끝나는 날"]


def test_a_sentence_of_its_own_is_said_as_it_is():
    form = ContractEndForm({"contract": "1", "until": "2026-11-24"})
    assert form.is_valid()
    form.add_error("until", "오늘보다 앞선 날로는 끝낼 수 없습니다.")
    assert faults_of(form) == ["오늘보다 앞선 날로는 끝낼 수 없습니다."]
