"""What the people of the demo are called and what their notes say. All of it is invented.

Notes are as the app wishes them: short, strengths first, nothing that a youth should not read.
"""

ORGANISATIONS = {
    "csw": "Fictional DCFS office (demo)",
    "probation_officer": "Fictional Probation office (demo)",
    "attorney": "Example Law Center (demo)",
    "clinician": "Example Clinic (demo)",
    "school": "Sample High School (demo)",
}

TEAM_NAMES = (
    "Demo Alvarez",
    "Demo Brooks",
    "Demo Castillo",
    "Demo Dawson",
    "Demo Ellis",
    "Demo Flores",
    "Demo Grant",
    "Demo Herrera",
    "Demo Ibarra",
    "Demo Jackson",
)

VISIT_NOTES = {
    "en": (
        "Laughed a lot today. Wants to try the evening class again.",
        "Picked the place herself and was early. We talked about sleep and what helps.",
        "Cooked together at the placement. Proud of the rice.",
        "Quiet today, and that was fine. Asked me to come back on the same day next week.",
        "Named two people who feel safe. We wrote both down.",
        "Finished the art piece for the school show.",
        "Asked good questions about the court day. We went through it step by step.",
        "Walked to the park and back. Feels stronger after the clinic visit.",
        "Got the library card. Chose three books and one for a little brother.",
        "Tough week, kept every appointment all the same.",
        "Set the pace today: ten minutes of plan, the rest music.",
        "Practised saying no on the phone. It worked, and we both cheered.",
        "Brought the finished job form along. Only the signature is missing.",
        "Likes the new roommate. Sleeps better since the move.",
        "",
        "",
    ),
    "es": (
        "Vino con ganas de platicar. Quiere volver a la clase de baile.",
        "Escogió el lugar y llegó temprano. Hablamos de lo que ayuda a dormir.",
        "Cocinamos juntas. Muy orgullosa de sus tamales.",
        "Día tranquilo, y está bien. Me pidió venir el mismo día la próxima semana.",
        "Nombró a dos personas con quienes se siente segura.",
        "Terminó el dibujo para la exposición de la escuela.",
        "Buenas preguntas sobre la corte. Lo vimos paso a paso.",
        "Semana difícil y aun así no faltó a ninguna cita.",
        "",
    ),
}

CALL_NOTES = {
    "en": (
        "Checked in before the shift. All good.",
        "Sent a photo of the finished homework.",
        "Short call. Wants to see me on the usual day.",
        "Texted first! Asked about the bus pass.",
        "Said the new phone rule at home works.",
        "Shared a song. Mood is better than on Monday.",
        "Confirmed the visit and asked for the blue notebook.",
        "",
        "",
        "",
    ),
    "es": (
        "Contestó enseguida. Todo bien en casa.",
        "Mandó una foto de la tarea terminada.",
        "Llamada corta. Quiere verme el día de siempre.",
        "Escribió primero. Preguntó por el pase del autobús.",
        "",
        "",
    ),
}

ATTEMPT_NOTES = {
    "en": ("", "", "", "Left no message, as agreed.", "Will try again after four."),
    "es": (
        "",
        "",
        "Sin mensaje de voz, como acordamos.",
        "Intento otra vez después de las cuatro.",
    ),
}

ARRIVAL_NOTES = {
    "en": "Hungry and tired; food and a blanket first. Chose where we sat. Knows my name now.",
    "es": "Con hambre y cansancio; primero comida y una cobija. Escogió dónde sentarse.",
}

MISSING_NOTES = {
    "en": ("Sent a kind word. The door stays open.", "", ""),
    "es": ("Le mandé un saludo. La puerta sigue abierta.", "", ""),
}

PARENT_NOTES = {
    "en": (
        "Found her own words for what she is proud of in her child.",
        "Tried the calm-down plan at home. It helped twice this week.",
        "Came with questions about triggers. We read the page together.",
        "Asked for a ride to the school meeting; arranged.",
        "",
    ),
    "es": (
        "Encontró sus propias palabras para lo que admira de su hija.",
        "Probó el plan de calma en casa. Ayudó dos veces esta semana.",
        "Trajo preguntas sobre los detonantes. Leímos la hoja juntas.",
        "Pidió transporte para la junta de la escuela; está arreglado.",
        "",
    ),
}

GOALS = {
    "en": (
        "I want to finish tenth grade with my friends.",
        "I want my own bank card and to know how it works.",
        "I want to sleep through the night.",
        "I want to see my little brother every week.",
        "I want to learn to do hair for real.",
        "I want a job where they like me.",
        "I want to have one adult I can call.",
    ),
    "es": (
        "Quiero terminar la preparatoria.",
        "Quiero ver a mi hermanita cada semana.",
        "Quiero aprender a manejar mi dinero.",
        "Quiero un trabajo donde me respeten.",
    ),
}

CORRECTION_REASONS = ("counted the drive as well", "wrong minutes", "typed on the wrong line")
