use super::*;
use crate::blood_rules::Verdict;
use crate::pre_check::{PreCheckAsk, Question};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn question(code: &str, ask: PreCheckAsk, deferrals: &[&str]) -> Question {
    Question {
        code: code.into(),
        ask,
        deferrals: deferrals.iter().map(|code| (*code).to_owned()).collect(),
        vi: format!("Câu {code}?"),
        en: format!("Question {code}?"),
        about_vi: "điều được hỏi".into(),
        about_en: "what was asked".into(),
    }
}

fn questions() -> Questionnaire {
    Questionnaire {
        version: 1,
        note_vi: String::new(),
        note_en: String::new(),
        questions: vec![
            question("BIRTH", PreCheckAsk::Birth, &[]),
            question("WEIGHT", PreCheckAsk::Weight, &[]),
            question("LAST_DONATION", PreCheckAsk::LastDonation, &[]),
            question("SIX_MONTHS", PreCheckAsk::Since, &["EXPOSURE", "TYPHOID"]),
            question("WORK", PreCheckAsk::Condition, &["PILOT"]),
        ],
    }
}

fn answers() -> Answers {
    Answers {
        version: 1,
        birth: "1990".into(),
        sex: Some(Sex::Female),
        weight_kg: "52,5".into(),
        wanted: Component::WholeBlood,
        last: None,
        yes: vec![],
    }
}

fn assessed(answers: &Answers) -> Result<Assessment, Vec<FieldError>> {
    assess(&questions(), &Rules::by_hand(), day("2026-06-14"), answers)
}

fn wrong(answers: &Answers) -> Vec<(String, &'static str)> {
    assessed(answers).unwrap_err().into_iter().map(|error| (error.pointer, error.code)).collect()
}

#[test]
fn nothing_in_the_way_is_said_with_the_largest_bag() {
    let decision = assessed(&answers()).unwrap().decision;
    assert_eq!((decision.verdict(), decision.most_ml, decision.bag_ml), (Verdict::MayCome, Some(472), Some(450)));
}

#[test]
fn what_is_answered_does_not_say_which_it_was() {
    let yes =
        vec![Since { question: "SIX_MONTHS".into(), on: Some(day("2026-03-14")) }, Since { question: "WORK".into(), on: None }];
    let said = assessed(&Answers { yes, last: Some((Component::Platelets, day("2026-06-07"))), ..answers() }).unwrap();
    assert_eq!((said.decision.verdict(), said.decision.first_day), (Verdict::ComeLater, Some(day("2026-09-14"))));
    let questions: Vec<_> = said.found.iter().map(|found| found.question.as_deref().unwrap()).collect();
    assert_eq!(questions, ["LAST_DONATION", "SIX_MONTHS", "WORK"]);
    let of_six_months = &said.found[1].finding;
    assert_eq!(of_six_months.rule, "DEFERRAL_SIX_MONTHS");
    assert_eq!(of_six_months.en, "What was asked: put off for 6 months.");
    assert!(!format!("{said:?}").contains("TYPHOID"));
}

#[test]
fn wrong_answers_are_named_all_at_once() {
    let future = Some(day("2026-06-15"));
    let yes = vec![
        Since { question: "SIX_MONTHS".into(), on: future },
        Since { question: "SIX_MONTHS".into(), on: None },
        Since { question: "BIRTH".into(), on: None },
        Since { question: "MALARIA".into(), on: None },
    ];
    let all = Answers {
        version: 2,
        birth: "29/02/2008".into(),
        weight_kg: "nhẹ".into(),
        last: Some((Component::Plasma, day("2026-06-15"))),
        yes,
        ..answers()
    };
    let found = wrong(&all);
    let found: Vec<_> = found.iter().map(|(pointer, code)| (pointer.as_str(), *code)).collect();
    assert_eq!(
        found,
        [
            ("/version", "NOT_A_CHOICE"),
            ("/birth", "NOT_A_BIRTH"),
            ("/weight_kg", "OUT_OF_RANGE"),
            ("/last/on", "IN_THE_FUTURE"),
            ("/yes/0/on", "IN_THE_FUTURE"),
            ("/yes/1/question", "TWICE"),
            ("/yes/2/question", "NOT_A_CHOICE"),
            ("/yes/3/question", "NOT_A_CHOICE"),
        ]
    );
}
