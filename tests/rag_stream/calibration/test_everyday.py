from rag_stream.calibration.everyday import everyday


def test_there_are_some_hundred_questions_in_a_dozen_languages_and_more() -> None:
    asked = everyday()
    assert {"en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "ar", "hi", "zh"} <= set(asked)
    assert {"ja", "ko", "tr"} <= set(asked)
    assert {"th", "vi", "id", "bn", "el", "cs", "ro", "hu"} <= set(asked)
    assert len(asked["en"]) >= 100
    assert sum(map(len, asked.values())) >= 300
    assert min(map(len, asked.values())) >= 8


def test_each_is_one_short_question_and_stands_there_once() -> None:
    questions = [question for asked in everyday().values() for question in asked]
    assert len(set(questions)) == len(questions)
    assert all(5 <= len(question) <= 120 and question == question.strip() for question in questions)
