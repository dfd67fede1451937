"""The preset dictionaries of record compression (RFC 1950, 2.2): words both sides start with.

A record alone is too short for a compressor to learn its field names; a preset dictionary gives
them to it beforehand. The byte before the compressed text names the dictionary. A released
dictionary never changes, or nothing sealed with it could be opened again: new words make number 2.
zlib reaches near strings with fewer bits than far ones, so the commonest come last.
"""

_DICTIONARY_1 = (
    # Rarer records first: their fields in the order in which they are written.
    b',"kind":"conflict","field":"","base":null,"ours":null,"theirs":null,"resolved":false'
    b',"kind":"attachment","name":"","media_type":"image/jpeg","bytes":0,"chunks":1,"digest":""'
    b',"kind":"purchase","amount_cents":0,"vendor":"","category":"","receipt_id":null'
    b',"kind":"session","topic":"","attended":true,"kind":"setting","value":null,"moved_from":null'
    b',"kind":"safety_plan","sections":[{"id":"","title":"","text":""}],"warning_signs":[],"steps":['
    b'{"kind":"staff_member","display_name":"","role":"","active":true}'
    b'{"kind":"waiver","covers":"video","starts_on":"2026-","ends_on":null,"source":""'
    b'{"kind":"missing_episode","missing_from":"2026-","returned_on":null,"reported_to":"","note":""'
    b'{"kind":"referral","submitted_at":"2026-","assigned_at":"2026-","csw_contacted_at":null'
    b',"reasons":[],"youth_amenable":null,"scsw_approved_on":null,"was_missing":false'
    b',"override_reason":"","override_by":null'
    b'{"kind":"first_response","called_at":"2026-","arrived_at":null,"late_reason":""'
    b',"safety_plan_at":null,"medical_hub_at":null,"medical_hub_outcome":null'
    b',"initial_mdt_at":null,"closed_on":null,"close_reason":""'
    b'{"kind":"document","document":"introductory_packet.participant","introductory_packet.parent"'
    b',"strengths_needs_assessment","safety_plan","transition_advocacy_plan","advocacy_plan"'
    b',"done_on":"2026-","outcome":"","note":""'
    b'{"kind":"decision","period_id":"","decision":"extended","stabilized","decided_on":"2026-"'
    b',"until":null,"reason":""'
    b'{"kind":"service_period","service":"parent_advocacy","received_at":"2026-","ended_on":null'
    b',"end_reason":"","empowerment_offered_on":null,"empowerment_answer":null'
    b'{"kind":"phase_period","service_period_id":"","phase":"first_response","transition"'
    b',"maintenance","stabilization","starts_on":"2026-","ends_on":null,"end_reason":""'
    b'{"kind":"team_member","role":"probation_officer","attorney","clinician","caregiver","csw"'
    b',"name":"","organisation":"","phone":"","email":"","note":"","until":null'
    b'{"kind":"participant","participant_kind":"parent","youth","alias":"","full_name":""'
    b',"birth_date":null,"pronouns":"","language":"en","residence_county":"","classification":null'
    b',"is_non_minor_dependent":false,"linked_youth_id":null,"relationship":"","contact_safe":null'
    b',"phone":"","safe_contact":"","closed_on":null,"close_reason":""'
    b'{"kind":"goal","words":"","opened_on":"2026-","reached_on":null'
    # Common words of notes.
    b" appointment school court home placement called visited met with the youth and talked about"
    b" plan to follow up next week for housing, safety, counseling, transport "
    # The commonest record, a contact, with its values and its header.
    b',"place_type":"court","placement","community","office","hospital","detention","vehicle"'
    b',"place_type":"school","place_type":"home","outcome":"cancelled","declined","no_answer"'
    b',"channel":"video","email","social_media","text","phone","services":["survivor_advocacy"]'
    b'{"kind":"contact","record_id":"","case_id":"","author_id":"","device_id":""'
    b',"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","schema":1'
    b',"deleted":false,"at":"2026-01-01T00:00:00Z","channel":"face_to_face","outcome":"reached"'
    b',"minutes":30,"place_type":null,"services":["advocacy"],"goal_ids":[],"note":""'
    b',"entered_at":"2026-01-01T00:00:00Z","correction_reason":"","event_id":null}'
)

DICTIONARIES: dict[int, bytes] = {1: _DICTIONARY_1}
NEWEST_DICTIONARY = 1
