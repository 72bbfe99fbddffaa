//! What the front itself says: short sentences, in the shape and language of who asks.

use hyper::header::{
    ACCEPT_LANGUAGE, ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER,
};
use hyper::{Request, Response, StatusCode};

use super::body::Body;
use super::rate::Kind;

/// What the front refuses by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No host, several, or what is none.
    BadHost,
    /// A name that is not ours.
    ForeignHost,
    /// A method that nothing here knows.
    Method,
    /// What is no request of HTTP.
    Unreadable,
    /// A longer address than may be.
    LongTarget,
    /// A longer header than may be, or more lines in it.
    LongHeader,
    /// A body larger than may be.
    TooLarge,
    /// A body that came too slowly.
    TooSlow,
    /// A body that broke off or cannot be read.
    BadBody,
    /// Too often; one more may come after so many seconds.
    TooOften(u64),
    /// Too much is going on.
    Busy,
    /// Nothing came of a request: a fault of the program.
    Fault,
}

/// How soon to come back when too much is going on, seconds.
const BUSY_S: u64 = 2;

impl Refusal {
    fn status(self) -> StatusCode {
        match self {
            Self::BadHost | Self::BadBody | Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::LongTarget => StatusCode::URI_TOO_LONG,
            Self::ForeignHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::LongHeader => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn sentence(self, is_french: bool) -> &'static str {
        let (english, french) = match self {
            Self::BadHost => (
                "The request must name one host in its Host header.",
                "La requête doit nommer un hôte, et un seul, dans son en-tête Host.",
            ),
            Self::ForeignHost => ("This server does not answer to that name.", "Ce serveur ne répond pas à ce nom."),
            Self::Method => ("This method is not used here.", "Cette méthode n’est pas utilisée ici."),
            Self::Unreadable => (
                "What came is not a request that HTTP allows.",
                "Ce qui est arrivé n’est pas une requête conforme à HTTP.",
            ),
            Self::LongTarget => ("The address is too long.", "L’adresse est trop longue."),
            Self::LongHeader => (
                "The header of the request is too long or has too many lines.",
                "L’en-tête de la requête est trop long ou compte trop de lignes.",
            ),
            Self::TooLarge => (
                "What you sent is larger than this address takes.",
                "Votre envoi dépasse la taille acceptée à cette adresse.",
            ),
            Self::TooSlow => (
                "What you sent did not arrive in time; please try again.",
                "Votre envoi n’est pas arrivé à temps ; veuillez réessayer.",
            ),
            Self::BadBody => (
                "What you sent did not arrive whole; please try again.",
                "Votre envoi n’est pas arrivé en entier ; veuillez réessayer.",
            ),
            Self::TooOften(_) => (
                "That was a lot of requests at once; please wait a moment, then try again.",
                "Cela fait beaucoup de requêtes d’un coup ; veuillez patienter un instant, puis réessayer.",
            ),
            Self::Busy => (
                "The site is very busy; please try again in a moment.",
                "Le site est très sollicité ; veuillez réessayer dans un instant.",
            ),
            Self::Fault => (
                "Something went wrong here; the site’s log says what.",
                "Une erreur est survenue ici ; le journal du site en donne la cause.",
            ),
        };
        if is_french { french } else { english }
    }

    /// The answer to a request, in the shape that its path promises.
    pub(super) fn answer<B>(self, request: &Request<B>) -> Response<Body> {
        self.answer_to(Kind::of(request.uri().path()), request.headers())
    }

    /// The answer to a request of this kind with these headers.
    pub(super) fn answer_to(self, kind: Kind, headers: &HeaderMap) -> Response<Body> {
        let status = self.status();
        let sentence = self.sentence(kind != Kind::Api && reads_french(headers));
        let (kind, text) = if kind == Kind::Api {
            let title = status.canonical_reason().unwrap_or_default();
            let problem = serde_json::json!({"title": title, "status": status.as_u16(), "detail": sentence});
            ("application/problem+json", problem.to_string())
        } else {
            ("text/plain; charset=utf-8", format!("{sentence}\n"))
        };
        let mut response = Response::new(Body::whole(text));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        match self {
            Self::TooOften(wait_s) => drop(headers.insert(RETRY_AFTER, wait_s.into())),
            Self::Busy => drop(headers.insert(RETRY_AFTER, BUSY_S.into())),
            Self::Method => drop(headers.insert(ALLOW, HeaderValue::from_static("GET, HEAD, POST"))),
            _ => {}
        }
        response
    }
}

/// Whether French comes before English in what a browser says its reader reads.
fn reads_french(headers: &HeaderMap) -> bool {
    let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted
        .split(',')
        .map(|language| language.trim().to_ascii_lowercase())
        .find(|language| language.starts_with("fr") || language.starts_with("en"))
        .is_some_and(|language| language.starts_with("fr"))
}

/// Sends a visitor elsewhere for good, with the same method (RFC 9110, 15.4.9).
pub(super) fn redirect(address: &str) -> Response<Body> {
    let mut response = Response::new(Body::none());
    *response.status_mut() = StatusCode::PERMANENT_REDIRECT;
    if let Ok(address) = HeaderValue::from_str(address) {
        response.headers_mut().insert(LOCATION, address);
    }
    response
}

/// A short text.
pub(super) fn text(status: StatusCode, text: String) -> Response<Body> {
    let mut response = Response::new(Body::whole(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(path: &str, language: &str, refusal: Refusal) -> (u16, String, String) {
        let request = Request::builder().uri(path).header(ACCEPT_LANGUAGE, language).body(()).expect("a request");
        let response = refusal.answer(&request);
        let kind = response.headers()[CONTENT_TYPE].to_str().expect("text").to_owned();
        let body = String::from_utf8(response.body().bytes().expect("bytes").to_vec()).expect("text");
        (response.status().as_u16(), kind, body)
    }

    #[test]
    fn a_person_reads_a_sentence_in_her_language_and_a_program_a_problem() {
        let (status, kind, body) = refused("/", "fr-FR,fr;q=0.9,en;q=0.8", Refusal::ForeignHost);
        let french = "Ce serveur ne répond pas à ce nom.\n";
        assert_eq!((status, kind.as_str(), body.as_str()), (421, "text/plain; charset=utf-8", french));

        let english = "This server does not answer to that name.";
        assert_eq!(refused("/", "de,en", Refusal::ForeignHost).2, format!("{english}\n"));
        let (_, kind, body) = refused("/api/v1/search", "fr", Refusal::ForeignHost);
        assert_eq!(kind, "application/problem+json");
        let expected = format!(r#"{{"detail":"{english}","status":421,"title":"Misdirected Request"}}"#);
        assert_eq!(body, expected);
    }

    #[test]
    fn who_came_too_often_is_told_when_to_come_back() {
        let request = Request::new(());

        assert_eq!(Refusal::TooOften(7).answer(&request).headers()[RETRY_AFTER], "7");
    }
}
