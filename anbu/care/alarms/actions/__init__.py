"""Everything that can be done to an alarm, by people and by the clock."""

from ..queries.sheets import BoardSheet
from ..rules import BadPolicy, BadProtocol, NotAllowed, TakenByAnother, UnknownAlarm
from .absences import change_absence, end_absence, register_absence
from .answering import (
    call_119,
    claim,
    close,
    dispatch,
    note,
    record_call,
    see_door_note,
    shelve,
    transfer,
)
from .asking import ask_next_again, hear_answer
from .boards import fill_next_board, raise_next_waiting
from .brakes import choose_brake, claim_brake, open_brake
from .braking import brake_for_step
from .call_notes import (
    call_119_about,
    claim_call,
    close_call,
    find_home_of_call,
    hand_call,
    look_after_calls,
    note_call,
    open_call,
)
from .calls import take_call
from .care import ask_after_workers, hand_on_next_care, open_cares, settle_care
from .climbing import (
    advance_next_overdue,
    release_next_absent,
    release_next_from_vendors,
    unshelve_next,
)
from .consents import give_consent, withdraw_consent
from .counting import count_city, look_at_feeds
from .cries import answer_cry, take_cry
from .crises import raise_crisis
from .dialling import dial
from .dispatching import call_off_agent, note_joint, record_visit, renew_link, send_agent
from .doubts import (
    all_judged,
    decide_doubt,
    doubt_of,
    end_doubt,
    notice_standstill,
    open_doubts,
    raise_next_doubts,
)
from .entering import add_to_entry, sign_entry
from .following import follow_home
from .groups import claim_group, close_group, open_group, raise_next_groups
from .handing import (
    accept_handover,
    ask_after,
    hand_over,
    open_board,
    open_waiting,
    refuse_handover,
    sign_board,
    withdraw_handover,
    word_request,
)
from .letting_go import let_go_next
from .looking import (
    list_households,
    open_coverage,
    open_entries,
    open_household,
    open_incident,
    open_preview,
    open_queue,
    open_row,
    open_rows,
    open_strips,
    try_rule,
)
from .looking_back import (
    LookBackSheet,
    add_to_look_back,
    hand_on_look_backs,
    list_look_backs,
    open_look_back,
    print_look_back,
    see_look_back,
    sign_look_back,
    take_look_back,
    write_look_back,
)
from .messages import (
    expire_next_messages,
    release_next_messages,
    send_message,
    settle_message,
)
from .numbering import open_number_days
from .policies import load_policy
from .printing import print_board, print_household, print_incident
from .protocols import (
    approve_protocol,
    drop_protocol,
    load_protocol,
    propose_protocol,
    try_protocol,
)
from .providing import give_packet, open_packet, print_packet
from .raising import raise_next_silence, raise_next_sos
from .receipts import ask_next_fates, message_of, take_receipt
from .returning import ask_next_returns, end_next_returns
from .sending import deliver
from .texting import deliver_link, expire_next_links, take_link_receipt
from .visiting import arrive, check_link, open_job, report, see_way_in
from .wishes import set_asking, set_patience
from .workers import raise_for_workers, tell_of_worker

__all__ = [
    "answer_cry",
    "ask_after_workers",
    "take_cry",
    "raise_crisis",
    "raise_for_workers",
    "tell_of_worker",
    "LookBackSheet",
    "add_to_look_back",
    "hand_on_look_backs",
    "list_look_backs",
    "open_look_back",
    "print_look_back",
    "see_look_back",
    "sign_look_back",
    "take_look_back",
    "write_look_back",
    "BoardSheet",
    "hand_on_next_care",
    "open_cares",
    "settle_care",
    "BadProtocol",
    "approve_protocol",
    "drop_protocol",
    "load_protocol",
    "propose_protocol",
    "try_protocol",
    "add_to_entry",
    "arrive",
    "call_off_agent",
    "check_link",
    "note_joint",
    "open_job",
    "record_visit",
    "renew_link",
    "report",
    "see_way_in",
    "send_agent",
    "sign_entry",
    "accept_handover",
    "ask_after",
    "fill_next_board",
    "hand_over",
    "open_board",
    "open_waiting",
    "raise_next_waiting",
    "refuse_handover",
    "sign_board",
    "withdraw_handover",
    "word_request",
    "call_119_about",
    "claim_call",
    "close_call",
    "find_home_of_call",
    "give_packet",
    "hand_call",
    "look_after_calls",
    "note_call",
    "open_call",
    "open_packet",
    "print_packet",
    "take_call",
    "count_city",
    "look_at_feeds",
    "print_board",
    "print_household",
    "print_incident",
    "set_asking",
    "set_patience",
    "BadPolicy",
    "NotAllowed",
    "TakenByAnother",
    "UnknownAlarm",
    "advance_next_overdue",
    "brake_for_step",
    "choose_brake",
    "claim_brake",
    "let_go_next",
    "open_brake",
    "ask_next_fates",
    "all_judged",
    "decide_doubt",
    "doubt_of",
    "end_doubt",
    "notice_standstill",
    "open_doubts",
    "raise_next_doubts",
    "ask_next_again",
    "ask_next_returns",
    "call_119",
    "change_absence",
    "claim",
    "claim_group",
    "close",
    "close_group",
    "deliver",
    "deliver_link",
    "dial",
    "dispatch",
    "end_absence",
    "end_next_returns",
    "expire_next_links",
    "expire_next_messages",
    "follow_home",
    "list_households",
    "give_consent",
    "hear_answer",
    "load_policy",
    "message_of",
    "note",
    "open_coverage",
    "open_entries",
    "open_household",
    "open_group",
    "open_incident",
    "open_number_days",
    "open_preview",
    "open_queue",
    "open_row",
    "open_rows",
    "open_strips",
    "raise_next_groups",
    "raise_next_silence",
    "raise_next_sos",
    "record_call",
    "register_absence",
    "release_next_absent",
    "release_next_from_vendors",
    "release_next_messages",
    "see_door_note",
    "send_message",
    "settle_message",
    "shelve",
    "take_link_receipt",
    "take_receipt",
    "transfer",
    "try_rule",
    "unshelve_next",
    "withdraw_consent",
]
