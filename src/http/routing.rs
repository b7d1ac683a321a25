//! What the framework says when nothing matched: 404, or 405 with `Allow` when the path is known for another method.
//! The paths come from the OpenAPI document, so this list cannot drift.

use actix_web::{HttpRequest, HttpResponse, web};

use super::problem::{Kind, Problem};

/// Path templates with the methods they know.
#[derive(Clone, Default)]
pub struct KnownPaths(Vec<(Vec<String>, Vec<&'static str>)>);

impl KnownPaths {
    pub fn of(document: &utoipa::openapi::OpenApi) -> Self {
        let paths = document.paths.paths.iter().map(|(path, item)| {
            let methods =
                [("GET", &item.get), ("POST", &item.post), ("PUT", &item.put), ("PATCH", &item.patch), ("DELETE", &item.delete)];
            let known = methods.into_iter().filter(|(_, operation)| operation.is_some()).map(|(name, _)| name).collect();
            (path.split('/').map(str::to_owned).collect(), known)
        });
        Self(paths.collect())
    }

    fn methods_of(&self, path: &str) -> Vec<&'static str> {
        let asked: Vec<&str> = path.split('/').collect();
        // The last part of an address in the log is a path of its own: `/log/tile/0/x001/234.p/7`.
        let goes_on = |template: &[String]| template.get(1).is_some_and(|top| top == "log") && template.len() < asked.len();
        let fits = |template: &[String]| {
            (template.len() == asked.len() || goes_on(template) && template.last().is_some_and(|last| last.starts_with('{')))
                && template.iter().zip(&asked).all(|(t, a)| t.starts_with('{') && !a.is_empty() || t == a)
        };
        let mut methods: Vec<&'static str> = Vec::new();
        for method in self.0.iter().filter(|(template, _)| fits(template)).flat_map(|(_, known)| known) {
            if !methods.contains(method) {
                methods.push(method);
            }
        }
        methods
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
