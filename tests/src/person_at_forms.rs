//! A person whose browser is no browser: it keeps cookies, follows redirects, and fills in the forms of the practice
//! tenant's pages by the names that people's Entra test scripts use. For the stories that are about the client.

use anyhow::{Context as _, Result, bail, ensure};
use reqwest::header::{LOCATION, ORIGIN};
use reqwest::{Certificate, RequestBuilder, Response};
use url::Url;

use crate::landscape::{Landscape, builder};
use crate::sign_in_pages::Person;

/// More pages than any sign-in has.
const PAGES: usize = 12;

/// Cookies, and who is sitting there.
#[derive(Debug)]
pub struct PersonAtForms {
    client: reqwest::Client,
    person: Person,
    tenant: [url::Origin; 2],
}

/// The way back to the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The client's redirect URI, with the answer in it unless that is posted.
    pub address: Url,
    /// The answer's pairs.
    pub pairs: Vec<(String, String)>,
    posted: bool,
}

/// Where a walk through the pages ended.
enum End {
    Client(Callback),
    /// A page that asks nothing more, and what it says.
    Page(String),
}

impl PersonAtForms {
    /// Somebody at a machine that trusts the landscape's certificate authority and nobody else.
    pub fn new(landscape: &Landscape, person: Person) -> Result<Self> {
        let authority = std::fs::read(landscape.ca_certificate()?)?;
        let client = builder()
            .tls_certs_only([Certificate::from_pem(&authority)?])
            .cookie_store(true);
        let http: Url = landscape.tenant().parse()?;
        let https: Url = landscape.authority()?.parse()?;
        Ok(Self {
            client: client.build()?,
            person,
            tenant: [http.origin(), https.origin()],
        })
    }

    /// Signs in at the address that a client sent the person to, consents, and returns the answer for the client.
    pub async fn sign_in(&self, address: &str) -> Result<Callback> {
        match self.walk(address, None).await? {
            End::Client(callback) => Ok(callback),
            End::Page(text) => bail!("no way back to the client from:\n{text}"),
        }
    }

    /// Signs in and lets the client's own listener have the answer.
    pub async fn sign_in_and_go_back(&self, address: &str) -> Result<()> {
        let callback = self.sign_in(address).await?;
        let request = if callback.posted {
            self.client.post(callback.address).form(&callback.pairs)
        } else {
            self.client.get(callback.address)
        };
        request.send().await?.error_for_status()?;
        Ok(())
    }

    /// Enters the code that a device shows, and signs in.
    pub async fn approve_device(&self, address: &str, user_code: &str) -> Result<String> {
        match self.walk(address, Some(user_code)).await? {
            End::Page(text) => Ok(text),
            End::Client(callback) => bail!("a device has no callback, not even {callback:?}"),
        }
    }

    async fn walk(&self, address: &str, user_code: Option<&str>) -> Result<End> {
        let mut answer = self.client.get(address).send().await?;
        for _ in 0..PAGES {
            while let Some(next) = redirect(&answer)? {
                if !self.tenant.contains(&next.origin()) {
                    return Ok(End::Client(Callback::redirected(next)));
                }
                answer = self.client.get(next).send().await?;
            }
            let (here, status) = (answer.url().clone(), answer.status());
            let text = answer.text().await?;
            if let Some(form) = Form::with(&text, "continue") {
                return Ok(End::Client(Callback::posted(&form)?));
            }
            let Some(form) = Form::with(&text, "idSIButton9") else {
                ensure!(status.is_success(), "{here} answers {status}:\n{text}");
                return Ok(End::Page(text));
            };
            answer = self.submit(&here, &form, user_code)?.send().await?;
        }
        bail!("still asked for something after {PAGES} pages")
    }

    /// Fills in what the form asks for and presses its `#idSIButton9`; only "Stay signed in?" gets a No.
    fn submit(&self, here: &Url, form: &Form, user_code: Option<&str>) -> Result<RequestBuilder> {
        let mut fields = Vec::new();
        let mut stays = false;
        for field in &form.fields {
            let typed = match field.name.as_str() {
                "loginfmt" => Some(self.person.username.as_str()),
                "passwd" => Some(self.person.password.as_str()),
                "otc" => Some(user_code.context("nobody has a code for this page")?),
                _ => None,
            };
            match (typed, field.kind.as_str()) {
                (Some(typed), _) => fields.push((field.name.clone(), typed.to_owned())),
                (None, "hidden") => fields.push((field.name.clone(), field.value.clone())),
                (None, "checkbox") => stays |= field.id == "KmsiCheckboxField",
                _ => {}
            }
        }
        let button = if stays { "idBtn_Back" } else { "idSIButton9" };
        let pressed = form.fields.iter().find(|field| field.id == button);
        let pressed = pressed.with_context(|| format!("no #{button} at {here}"))?;
        if !pressed.name.is_empty() {
            fields.push((pressed.name.clone(), pressed.value.clone()));
        }
        Ok(self
            .client
            .post(here.join(&form.action)?)
            .header(ORIGIN, here.origin().ascii_serialization())
            .form(&fields))
    }
}

impl Callback {
    fn redirected(address: Url) -> Self {
        let pairs = address.query_pairs().into_owned().collect();
        Self {
            address,
            pairs,
            posted: false,
        }
    }

    /// `response_mode=form_post`: a script would press the button.
    fn posted(form: &Form) -> Result<Self> {
        let fields = form.fields.iter().filter(|field| field.kind == "hidden");
        Ok(Self {
            address: form.action.parse()?,
            pairs: fields
                .map(|field| (field.name.clone(), field.value.clone()))
                .collect(),
            posted: true,
        })
    }
}

fn redirect(answer: &Response) -> Result<Option<Url>> {
    let Some(next) = answer.headers().get(LOCATION) else {
        return Ok(None);
    };
    Ok(Some(answer.url().join(next.to_str()?)?))
}

/// A form and what is in it.
#[derive(Debug, Default)]
struct Form {
    action: String,
    fields: Vec<Field>,
}

/// An `<input>`.
#[derive(Debug)]
struct Field {
    id: String,
    name: String,
    kind: String,
    value: String,
}

impl Form {
    /// The form that has the button with this ID.
    fn with(page: &str, button: &str) -> Option<Self> {
        let forms = page.split("<form").skip(1);
        let mut forms = forms.filter_map(|form| form.split("</form>").next());
        let form = forms.find(|form| form.contains(&format!("id=\"{button}\"")))?;
        let (opening, inside) = form.split_once('>')?;
        let inputs = inside.split("<input").skip(1);
        Some(Self {
            action: attribute(opening, "action"),
            fields: inputs
                .filter_map(|input| input.split_once('>'))
                .map(|(tag, _)| Field {
                    id: attribute(tag, "id"),
                    name: attribute(tag, "name"),
                    kind: attribute(tag, "type"),
                    value: attribute(tag, "value"),
                })
                .collect(),
        })
    }
}

/// The value of an attribute, or nothing.
fn attribute(tag: &str, name: &str) -> String {
    let value = tag.split_once(&format!(" {name}=\""));
    let value = value.and_then(|(_, rest)| rest.split('"').next());
    unescaped(value.unwrap_or_default())
}

fn unescaped(text: &str) -> String {
    let entities = [
        ("&#38;", "&"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
    ];
    let plain = |text: String, (entity, plain): (&str, &str)| text.replace(entity, plain);
    entities.into_iter().fold(text.to_owned(), plain)
}
