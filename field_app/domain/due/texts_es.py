"""Spanish texts of the explanation. Keys ending in `.one` and `.other` depend on a number `n`.

The same keys as `texts_en`. Quotes of the policy stay in English and are labelled so.
"""

from collections.abc import Mapping

# In full: "mar" is both Tuesday and March.
WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
MONTHS = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic")
LONG_MONTHS = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)

TEXTS: Mapping[str, str] = {
    # dates and times
    "day": "{weekday} {day} {month}",
    "day_with_year": "{weekday} {day} {month} {year}",
    "day_and_time": "{day}, {time}",
    "and": "y",
    "or": "o",
    # what is asked
    "asked.visit.month.one": "Al menos {n} visita en persona cada mes calendario.",
    "asked.visit.month.other": "Al menos {n} visitas en persona cada mes calendario.",
    "asked.visit.bimonthly.one": "Al menos {n} visita en persona cada mes calendario.",
    "asked.visit.bimonthly.other": "Al menos {n} visitas en persona cada mes calendario.",
    "asked.visit.two_months.one": "Al menos {n} visita en persona cada dos meses.",
    "asked.visit.two_months.other": "Al menos {n} visitas en persona cada dos meses.",
    "asked.visit.week.one": "Al menos {n} visita en persona cada semana.",
    "asked.visit.week.other": "Al menos {n} visitas en persona cada semana.",
    "asked.visit.day.one": "Al menos {n} visita en persona cada día.",
    "asked.visit.day.other": "Al menos {n} visitas en persona cada día.",
    "asked.contact.month.one": "Al menos {n} contacto cada mes calendario, por {channels}.",
    "asked.contact.month.other": "Al menos {n} contactos cada mes calendario, por {channels}.",
    "asked.contact.bimonthly.one": "Al menos {n} contacto cada mes calendario, por {channels}.",
    "asked.contact.bimonthly.other": "Al menos {n} contactos cada mes calendario, por {channels}.",
    "asked.contact.two_months.one": "Al menos {n} contacto cada dos meses, por {channels}.",
    "asked.contact.two_months.other": "Al menos {n} contactos cada dos meses, por {channels}.",
    "asked.contact.week.one": "Al menos {n} contacto cada semana, por {channels}.",
    "asked.contact.week.other": "Al menos {n} contactos cada semana, por {channels}.",
    "asked.contact.day.one": "Al menos {n} contacto todos los días, también fines de semana y "
    "feriados, por {channels}.",
    "asked.contact.day.other": "Al menos {n} contactos todos los días, también fines de semana y "
    "feriados, por {channels}.",
    "asked.business_days.one": "{title}: en {n} día hábil.",
    "asked.business_days.other": "{title}: en {n} días hábiles.",
    "asked.calendar_days.one": "{title}: en {n} día calendario.",
    "asked.calendar_days.other": "{title}: en {n} días calendario.",
    "asked.hours.one": "{title}: en {n} hora.",
    "asked.hours.other": "{title}: en {n} horas.",
    "asked.minutes.one": "{title}: en {n} minuto.",
    "asked.minutes.other": "{title}: en {n} minutos.",
    "asked.months_of_service.one": "La fase dura hasta {n} mes.",
    "asked.months_of_service.other": "La fase dura hasta {n} meses.",
    "asked.phase_end": "{title}: antes de que termine la fase.",
    "asked.first_visit": "{title}: el día de la primera visita.",
    "asked.none": "{title}: una vez. No hay fecha límite.",
    "asked.floor.one": "El caso queda abierto al menos {n} día.",
    "asked.floor.other": "El caso queda abierto al menos {n} días.",
    # the clock
    "clock.referral.assigned_at": "El plazo empezó cuando se asignó la referencia a la agencia: "
    "{when}.",
    "clock.first_response.called_at": "El plazo empezó con la llamada de DCFS o Probation: {when}.",
    "clock.service.received_at": "El plazo empezó cuando la agencia recibió la referencia: {when}.",
    "clock.phase.from": "El plazo empezó con la fase: {when}.",
    "clock.period.one": "Este período: {first}. {n} día activo.",
    "clock.period.other": "Este período: del {first} al {last}. {n} días activos.",
    "span.phase": "Se cuenta en los días de la fase.",
    "span.first_month": "Se cuenta en el primer mes de servicio.",
    "span.ongoing": "Se cuenta después del primer mes de servicio.",
    # days counted and skipped
    "counted.days": "Días contados: {days}. El {zero} es el día 0.",
    "counted.many": "Se cuentan {n} días calendario después del {zero}, que es el día 0.",
    "counted.elapsed": "Se cuenta el tiempo real, también noches y fines de semana.",
    "skipped": "Días no contados: {days}.",
    "skipped.weekend": "fin de semana",
    "due": "Fecha límite: {when}.",
    "second": "Contando desde el correo del CSW del {from_day}, sería {when}. "
    "Esta fecha solo se muestra; decide la anterior.",
    # how many
    "whole": "Todo el período está activo, así que cuenta el número completo: {required}.",
    "whole.day": "Cada día cuenta por sí solo: {required}.",
    "prorated": "Activo {active} de {days} días: {minimum} × {active} ÷ {days}, redondeado hacia "
    "arriba, es {required}.",
    "part_in_full": "Activo {active} de {days} días. Cuenta el número completo: {required}.",
    "not_assessed": "Activo {active} de {days} días. Los períodos con menos de {min_days} días "
    "activos no se evalúan.",
    # what was done
    "credits.none": "Contados hasta ahora: ninguno.",
    "credits": "Contados: {n} ({list}).",
    "uncounted": "En un día que ya tiene su visita, por eso no se cuentan otra vez: {n} ({list}).",
    "attempts": "Intentos, se muestran como esfuerzo y no se cuentan: {n} ({list}).",
    "done_at": "Hecho: {when}.",
    "result.count": "Entonces {done} de {required}.",
    "empowerment": "Si se acepta: {sessions} sesiones de {minutes} minutos y {topics} temas: "
    "{list}.",
    # notes
    "note.youth_missing.one": "No se sabía dónde estaba la persona joven en {n} día. Nada se "
    "excusa ni se cierra solo.",
    "note.youth_missing.other": "No se sabía dónde estaba la persona joven en {n} días. Nada se "
    "excusa ni se cierra solo.",
    "note.first_month_from_visit": "El primer mes se cuenta desde la primera visita, el {day}: "
    "hasta el {until}.",
    "note.first_month_from_receipt": "El primer mes se cuenta desde el día de recepción, el {day}: "
    "hasta el {until}.",
    "note.extended": "Extendido el {day} hasta el {until}.",
    "note.extended_late": "Extendido hasta el {until}; se decidió el {day}, después del último día "
    "que cambia.",
    "note.stabilized": "Con estabilidad: el primer mes terminó el {day}.",
    "note.late_entry.one": "El contacto del {day} se anotó {n} día después.",
    "note.late_entry.other": "El contacto del {day} se anotó {n} días después.",
    "note.done_before_clock": "Hecho el {day}, antes de que empezara el plazo.",
    "note.hub_answer": "Centro médico: {word}.",
    "note.offer_answer": "Respuesta a la oferta: {word}.",
    "note.close_reason": "El caso se cerró el {day}. Motivo anotado: {word}",
    "note.waits_for_visit": "La fecha depende de la primera visita.",
    "note.phase_open": "La fase está abierta. Hasta que termine se usa el último día de su "
    "duración máxima: {until}.",
    "warnings.hours_after": "Recordatorios: {list} después de la llamada.",
    "warnings.days_before": "Recordatorios: {list} antes del último día.",
    "warnings.hours.one": "{n} hora",
    "warnings.hours.other": "{n} horas",
    "warnings.days.one": "{n} día",
    "warnings.days.other": "{n} días",
    "warnings.reached": "{warning} (ya llegó)",
    # where it comes from
    "quote": "La política dice (en inglés): “{quote}”",
    "agency_target": "Meta de la agencia, no es política. Ningún deber de la política depende de "
    "ella.",
    "source": "Fuente: {source}. Versión vigente desde el {day}.",
    "reading": "Cómo se entiende: {reading}",
    # states
    "state.not_assessed": "No se evalúa.",
    "state.closed": "Cerrado: {reason}.",
    "state.met": "Hecho.",
    "state.met_late": "Hecho, después de la fecha.",
    "state.due": "Sigue abierto.",
    "state.overdue": "La fecha pasó y todavía está por hacer.",
    "state.not_met_missing": "El período terminó con menos; en él no se sabía dónde estaba la "
    "persona joven.",
    "state.not_met": "El período terminó con menos.",
    "state.not_met.floor": "Se cerró antes, sin motivo anotado.",
    # one line
    "unit.visit.one": "visita",
    "unit.visit.other": "visitas",
    "unit.contact.one": "contacto",
    "unit.contact.other": "contactos",
    "line.count": "{done} de {required} {unit} {period}",
    "line.period.month.now": "este mes",
    "line.period.month.past": "en {month} de {year}",
    "line.period.two_months.now": "en estos dos meses",
    "line.period.two_months.past": "de {first} a {last}",
    "line.period.week.now": "esta semana",
    "line.period.week.past": "en la semana del {first}",
    "line.period.day.now": "hoy",
    "line.period.day.past": "el {first}",
    "line.days_left.one": "queda {n} día",
    "line.days_left.other": "quedan {n} días",
    "line.last_day": "hoy es el último día",
    "line.done": "hecho",
    "line.done_on": "{title}, hecho el {day}",
    "line.done_late": "{title}, hecho el {day}, después de la fecha",
    "line.missing": "no se sabía dónde estaba",
    "line.attempts.one": "{n} intento",
    "line.attempts.other": "{n} intentos",
    "line.not_assessed": "pocos días activos, no se evalúa",
    "line.closed": "{title}, cerrado: {reason}",
    "line.no_deadline": "{title}, sin fecha límite",
    "line.due_today": "{title}, hoy hasta las {time}",
    "line.due_tomorrow": "{title}, mañana hasta las {time}",
    "line.due_in.one": "{title}, queda {n} día",
    "line.due_in.other": "{title}, quedan {n} días",
    "line.late_days.one": "{title}, {n} día de retraso",
    "line.late_days.other": "{title}, {n} días de retraso",
    "line.late_hours.one": "{title}, {n} hora de retraso",
    "line.late_hours.other": "{title}, {n} horas de retraso",
    "line.late_minutes.one": "{title}, {n} minuto de retraso",
    "line.late_minutes.other": "{title}, {n} minutos de retraso",
    "line.not_met": "{title}, cerrado antes sin motivo anotado",
    "line.floor_met": "{title}, hecho",
}

WORDS: Mapping[str, str] = {
    "face_to_face": "en persona",
    "phone": "teléfono",
    "text": "mensaje de texto",
    "social_media": "redes sociales",
    "video": "video",
    "email": "correo",
    "reached": "con respuesta",
    "no_answer": "sin respuesta",
    "declined": "no quiso",
    "cancelled": "cancelado",
    "offered": "ofrecido",
    "accompanied": "con acompañamiento",
    "accepted": "aceptado",
    "later": "más adelante",
    "not safe": "no es seguro",
    "no parent": "no hay madre, padre ni tutor",
}

READINGS: Mapping[str, str] = {
    "visit_satisfies_contact.true": "una visita también cuenta como el contacto por teléfono, "
    "texto o redes sociales.",
    "visit_satisfies_contact.false": "una visita no reemplaza el contacto por teléfono, texto o "
    "redes sociales. El correo y el video tampoco cuentan.",
    "partial_month.prorate": "un mes activo solo algunos días pide su parte, redondeada hacia "
    "arriba.",
    "partial_month.full": "un mes activo solo algunos días pide el número completo.",
    "partial_month_min_days": "un mes con menos de {n} días activos no se evalúa.",
    "week_starts_on.monday": "la semana va de lunes a domingo.",
    "week_starts_on.sunday": "la semana va de domingo a sábado.",
    "week_min_days": "una semana con menos de {n} días activos no se evalúa.",
    "one_visit_credit_per_day.true": "cuenta como máximo una visita al día por servicio.",
    "one_visit_credit_per_day.false": "cada visita cuenta, también dos en un mismo día.",
    "first_month_starts.first_visit": "el primer mes se cuenta desde la primera visita, si se hace "
    "dentro de un mes de la recepción; si no, desde el día de recepción.",
    "first_month_starts.received": "el primer mes se cuenta desde el día de recepción.",
    "bimonthly.twice_a_month": "“bi-monthly” significa dos veces cada mes calendario.",
    "bimonthly.every_two_months": "“bi-monthly” significa una vez cada dos meses (enero y febrero, "
    "y así sucesivamente).",
    "video_is_face_to_face.true": "una videollamada cuenta como visita en persona.",
    "video_is_face_to_face.false": "una videollamada no es una visita en persona, salvo que una "
    "autorización con fechas cubra el día.",
}
