//! What the framework says when nothing matched: 404, or 405 with `Allow` when the path is known for another method.
//! The paths come from the OpenAPI document, so this list cannot drift.

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn};

use super::problem::{Kind, Problem};

/// Path templates with what they know.
#[derive(Clone, Default)]
pub struct KnownPaths(Vec<(Vec<String>, Vec<Known>)>);

/// An operation, as far as an address and a method name it.
#[derive(Clone, Copy)]
struct Known {
    method: &'static str,
    /// Reads something behind the `?`.
    is_asked: bool,
    /// Takes no token.
    is_open: bool,
}

/// What an operation that reads nothing behind the `?` asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unasked {
    Nothing,
    Token,
}

fn known(method: &'static str, operation: &Operation) -> Known {
    let mut parameters = operation.parameters.iter().flatten();
    let is_asked = parameters.any(|parameter| match parameter {
        RefOr::T(parameter) => matches!(parameter.parameter_in, ParameterIn::Query),
        RefOr::Ref(_) => true,
    });
    // An operation that says nothing of it is held to what the whole document says: a token.
    Known { method, is_asked, is_open: operation.security.is_some() }
}

impl KnownPaths {
    pub fn of(document: &utoipa::openapi::OpenApi) -> Self {
        let paths = document.paths.paths.iter().map(|(path, item)| {
            let methods =
                [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("PATCH", &item.patch), ("DELETE", &item.delete)];
            let known = methods.into_iter().filter_map(|(name, operation)| Some(known(name, operation.as_ref()?))).collect();
            (path.split('/').map(str::to_owned).collect(), known)
        });
        Self(paths.collect())
    }

    fn fitting(&self, path: &str) -> impl Iterator<Item = Known> {
        let asked: Vec<&str> = path.split('/').collect();
        // The last part of an address in the log is a path of its own: `/log/tile/0/x001/234.p/7`.
        let fits = move |template: &[String]| {
            let goes_on = template.get(1).is_some_and(|top| top == "log") && template.len() < asked.len();
            (template.len() == asked.len() || goes_on && template.last().is_some_and(|last| last.starts_with('{')))
                && template.iter().zip(&asked).all(|(t, a)| t.starts_with('{') && !a.is_empty() || t == a)
        };
        self.0.iter().filter(move |(template, _)| fits(template)).flat_map(|(_, known)| known.iter().copied())
    }

    fn methods_of(&self, path: &str) -> Vec<&'static str> {
        let mut methods: Vec<&'static str> = Vec::new();
        for Known { method, .. } in self.fitting(path) {
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        methods
    }

    /// Says of an operation that reads no parameters what it asks of its caller first; `None` of those that do, and of what is
    /// no operation. Where two fit (`/gifts/batch` is a `/gifts/{id}` too), both have to read none.
    pub fn unasked(&self, method: &str, path: &str) -> Option<Unasked> {
        let mut first = None;
        for known in self.fitting(path).filter(|known| known.method == method) {
            let asks = if known.is_open { Unasked::Nothing } else { Unasked::Token };
            if known.is_asked || first.is_some_and(|before| before != asks) {
                return None;
            }
            first = Some(asks);
        }
        first
    }
}

/// The default service.
pub async fn nothing_here(request: HttpRequest, known: web::Data<KnownPaths>) -> Result<HttpResponse, Problem> {
    let methods = known.methods_of(request.path());
    if methods.is_empty() {
        return Err(Problem::say(
            Kind::NotFound,
            "Không có gì ở địa chỉ này: hãy kiểm tra lại địa chỉ.",
            "There is nothing at this address: check it.",
        ));
    }
    Err(Problem { headers: vec![("allow", methods.join(", "))], ..Problem::new(Kind::MethodNotAllowed) })
}
