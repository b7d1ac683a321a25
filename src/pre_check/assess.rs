//! What the rules say about somebody's answers. Pure: what goes in here comes out again and is nowhere else.

use chrono::NaiveDate;

use super::model::Questionnaire;
use crate::blood_rules::{Asked, Component, Decision, Finding, Happened, Rules, Weight, judge};
use crate::http::{Check, FieldError};
use crate::persons::{Sex, model};

/// Somebody's answers. It is not `Debug`: nobody writes it into a log.
pub struct Answers {
    /// The version of the questions they answer.
    pub version: i16,
    /// `2008-02-29` or `2008`.
    pub birth: String,
    pub sex: Option<Sex>,
    /// `44.5`.
    pub weight_kg: String,
    pub wanted: Component,
    pub last: Option<(Component, NaiveDate)>,
    /// The questions that they answer with yes.
    pub yes: Vec<Since>,
}

/// A question that is answered with yes, and since when, if they know.
pub struct Since {
    pub question: String,
    pub on: Option<NaiveDate>,
}

/// What stands in the way, and which question it came from.
#[derive(Debug)]
pub struct Found {
    pub question: Option<String>,
    pub finding: Finding,
}

/// What the rules say about the answers.
#[derive(Debug)]
pub struct Assessment {
    pub decision: Decision,
    pub found: Vec<Found>,
}

/// What the rules of the drive's day say; wrong answers are named by their pointers.
pub fn assess(
    questionnaire: &Questionnaire,
    rules: &Rules,
    day: NaiveDate,
    answers: &Answers,
) -> Result<Assessment, Vec<FieldError>> {
    let asked = read(questionnaire, day, answers)?;
    let of_questions = questionnaire.questions.iter().filter_map(|question| question.rule(rules)).collect();
    let decision = judge(&rules.clone().put_off_by(of_questions), &asked, day);
    let found =
        decision.findings.iter().map(|finding| Found { question: question_of(questionnaire, finding), finding: finding.clone() });
    Ok(Assessment { found: found.collect(), decision })
}

/// The question that a finding came from.
fn question_of(questionnaire: &Questionnaire, finding: &Finding) -> Option<String> {
    let rule = finding.rule.as_str();
    let code = match rule.split_once('_') {
        Some(("DEFERRAL", code)) => code,
        Some(("INTERVAL", _)) => "LAST_DONATION",
        _ if rule.ends_with("_AGE") => "BIRTH",
        _ => "WEIGHT",
    };
    questionnaire.question(code).map(|question| question.code.clone())
}

fn read(questionnaire: &Questionnaire, day: NaiveDate, answers: &Answers) -> Result<Asked, Vec<FieldError>> {
    let mut check = Check::default();
    if answers.version != questionnaire.version {
        check.wrong(
            "/version",
            "NOT_A_CHOICE",
            "Bộ câu hỏi đã đổi: hãy tải lại và trả lời bộ câu hỏi mới.",
            "The questions have changed: load them again and answer the new ones.",
        );
    }
    let birth = check.read(model::birth("/birth", &answers.birth, day));
    let weight = Weight::parse(answers.weight_kg.trim());
    if weight.is_none() {
        check.wrong(
            "/weight_kg",
            "OUT_OF_RANGE",
            "Cân nặng từ 20 đến 300 kg, thí dụ 52 hoặc 52,5.",
            "A weight of 20 to 300 kg, such as 52 or 52.5.",
        );
    }
    let too_late = |on: &NaiveDate| *on > day;
    if answers.last.as_ref().is_some_and(|(_, on)| too_late(on)) {
        after_the_drive(&mut check, "/last/on".to_owned());
    }
    let mut happened: Vec<Happened> = Vec::new();
    for (n, Since { question, on }) in answers.yes.iter().enumerate() {
        let at = |field: &str| format!("/yes/{n}/{field}");
        if !questionnaire.question(question).is_some_and(super::Question::is_of_rules) {
            check.wrong(at("question"), "NOT_A_CHOICE", "Không có câu hỏi nào như vậy.", "There is no such question.");
        } else if happened.iter().any(|known| known.code == *question) {
            check.wrong(at("question"), "TWICE", "Câu hỏi này đã được trả lời.", "This question is answered already.");
        }
        if on.as_ref().is_some_and(too_late) {
            after_the_drive(&mut check, at("on"));
        }
        happened.push(Happened { code: question.clone(), on: *on });
    }
    let asked =
        Asked { wanted: answers.wanted, birth, sex: answers.sex, weight, given: answers.last.into_iter().collect(), happened };
    check.done(Some(asked))
}

fn after_the_drive(check: &mut Check, pointer: String) {
    check.wrong(
        pointer,
        "IN_THE_FUTURE",
        "Ngày này sau ngày hiến máu: hãy xem lại.",
        "This day is after the drive: look at it again.",
    );
}

#[cfg(test)]
#[path = "assess_tests.rs"]
mod tests;
