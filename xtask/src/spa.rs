//! Building the browser app: cargo, wasm-bindgen as a library (its version is locked beside `wasm-bindgen`, nothing is
//! downloaded), names that change with their content, compression. The result is a folder that any server can deliver.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::{Bindgen, Output};

use crate::command;
use crate::toolchain::{self, WASM};

/// How the app is compiled.
#[derive(Clone, Copy)]
pub(crate) enum Profile {
    /// Small, for people: slow to compile.
    Size,
    /// Quick to compile, for `--watch`.
    Watch,
}

impl Profile {
    fn cargo_name(self) -> &'static str {
        match self {
            Profile::Size => "wasm-release",
            Profile::Watch => "dev",
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Profile::Size => "wasm-release",
            Profile::Watch => "debug",
        }
    }
}

/// A browser app ready to be served.
pub(crate) struct Spa {
    /// Where it lies.
    pub(crate) folder: PathBuf,
    sizes: Vec<Size>,
}

/// A file with its bytes as they are and as they travel.
struct Size {
    name: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

impl Spa {
    /// A table of the sizes.
    pub(crate) fn report(&self) -> String {
        let mut lines = vec![format!(
            "{:<36}{:>10}{:>10}{:>10}",
            "file", "raw", "gzip", "brotli"
        )];
        let mut total = Size {
            name: "total".into(),
            raw: 0,
            gzip: 0,
            brotli: 0,
        };
        for size in &self.sizes {
            total.raw += size.raw;
            total.gzip += size.gzip;
            total.brotli += size.brotli;
        }
        for Size {
            name,
            raw,
            gzip,
            brotli,
        } in self.sizes.iter().chain([&total])
        {
            lines.push(format!("{name:<36}{raw:>10}{gzip:>10}{brotli:>10}"));
        }
        lines.join("\n")
    }
}

/// Builds the app into `target/spa`. What has not changed is not made again.
pub(crate) fn build(profile: Profile) -> Result<Spa> {
    toolchain::ensure_wasm_target()?;
    command::run(Command::new(command::cargo()).args([
        "build",
        "--package=web",
        "--target",
        WASM,
        "--profile",
        profile.cargo_name(),
    ]))?;
    let target = command::target()?;
    let compiled = target.join(WASM).join(profile.folder()).join("web.wasm");
    let sources = Sources::read(&compiled)?;
    let folder = target.join("spa");
    let stamp = folder.join(".stamp");
    if fs::read_to_string(&stamp).is_ok_and(|made_of| made_of == sources.hash) {
        return Ok(Spa {
            sizes: measure(&folder)?,
            folder,
        });
    }

    // Made beside and then put in place: a server never sees half an app, and a failure leaves the old one.
    let staging = target.join("spa.new");
    if staging.exists() {
        fs::remove_dir_all(&staging)?;
    }
    fs::create_dir_all(&staging)?;
    assemble(&staging, &sources, profile).context("cannot put the browser app together")?;
    fs::write(staging.join(".stamp"), &sources.hash)?;
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::rename(&staging, &folder)?;
    Ok(Spa {
        sizes: measure(&folder)?,
        folder,
    })
}

/// Everything the app is made of.
struct Sources {
    wasm: Vec<u8>,
    index: String,
    loader: String,
    style: Vec<u8>,
    assets: Vec<(String, Vec<u8>)>,
    hash: String,
}

impl Sources {
    fn read(compiled: &Path) -> Result<Self> {
        let web = command::root().join("web");
        let read =
            |path: &Path| fs::read(path).with_context(|| format!("cannot read {}", path.display()));
        let mut assets = Vec::new();
        for entry in fs::read_dir(web.join("assets")).context("cannot read web/assets")? {
            let entry = entry?;
            assets.push((
                entry.file_name().to_string_lossy().into_owned(),
                read(&entry.path())?,
            ));
        }
        assets.sort();
        let mut sources = Self {
            wasm: read(compiled)?,
            index: String::from_utf8(read(&web.join("index.html"))?)?,
            loader: String::from_utf8(read(&web.join("loader.js"))?)?,
            style: read(&web.join("style.css"))?,
            assets,
            hash: String::new(),
        };
        let mut hash = Sha256::new();
        let parts = [
            &sources.wasm,
            sources.index.as_bytes(),
            sources.loader.as_bytes(),
            &sources.style,
        ];
        let assets = sources
            .assets
            .iter()
            .flat_map(|(name, bytes)| [name.as_bytes(), bytes.as_slice()]);
        for part in parts.into_iter().chain(assets) {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        sources.hash = hex(&hash.finalize());
        Ok(sources)
    }
}

fn assemble(folder: &Path, sources: &Sources, profile: Profile) -> Result<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("app", sources.wasm.clone())
        .web(true)?
        .typescript(false);
    if matches!(profile, Profile::Size) {
        bindgen
            .remove_name_section(true)
            .remove_producers_section(true);
    }
    let mut bound = bindgen.generate_output()?;
    let mut glue = bound.js().to_owned();
    for (path, source) in snippets(&bound) {
        let address = hashed(folder, "snippet", "js", source.as_bytes())?;
        anyhow::ensure!(glue.contains(&path), "the glue does not import {path}");
        glue = glue.replace(&path, &address);
    }
    let app = hashed(folder, "app", "js", glue.as_bytes())?;
    let wasm = bound.wasm_mut().emit_wasm();
    let wasm = hashed(folder, "app", "wasm", &wasm)?;
    let style = hashed(folder, "style", "css", &sources.style)?;
    let loader = sources
        .loader
        .replace("{{app}}", &app)
        .replace("{{wasm}}", &wasm);
    let loader = hashed(folder, "loader", "js", loader.as_bytes())?;
    let index = sources
        .index
        .replace("{{style}}", &style)
        .replace("{{loader}}", &loader)
        .replace("{{app}}", &app)
        .replace("{{wasm}}", &wasm);
    fs::write(folder.join("index.html"), index)?;
    for (name, bytes) in &sources.assets {
        fs::write(folder.join(name), bytes)?;
    }
    for name in files(folder)? {
        compress(&folder.join(name), profile)?;
    }
    Ok(())
}

/// The JavaScript that dependencies bring along, by the path under which the glue imports it.
fn snippets(bound: &Output) -> Vec<(String, String)> {
    let inline = bound.snippets().iter().flat_map(|(identifier, sources)| {
        let numbered = sources.iter().enumerate();
        numbered.map(move |(number, source)| {
            (
                format!("./snippets/{identifier}/inline{number}.js"),
                source.clone(),
            )
        })
    });
    let files = bound.local_modules().iter();
    inline
        .chain(files.map(|(path, source)| (format!("./snippets/{path}"), source.clone())))
        .collect()
}

/// Writes a file under a name that changes with its content, and returns its address.
fn hashed(folder: &Path, stem: &str, ending: &str, bytes: &[u8]) -> Result<String> {
    let name = format!("{stem}-{}.{ending}", &hex(&Sha256::digest(bytes))[..16]);
    fs::write(folder.join(&name), bytes)?;
    Ok(format!("/{name}"))
}

fn compress(path: &Path, profile: Profile) -> Result<()> {
    let bytes = fs::read(path)?;
    let (gzip_level, brotli_quality) = match profile {
        Profile::Size => (Compression::best(), 11),
        Profile::Watch => (Compression::fast(), 1),
    };
    let mut gzip = GzEncoder::new(Vec::new(), gzip_level);
    gzip.write_all(&bytes)?;
    fs::write(with_ending(path, "gz"), gzip.finish()?)?;
    let mut brotli = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: brotli_quality,
        ..Default::default()
    };
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut brotli, &parameters)?;
    fs::write(with_ending(path, "br"), brotli)?;
    Ok(())
}

fn measure(folder: &Path) -> Result<Vec<Size>> {
    let length =
        |path: PathBuf| -> Result<usize> { Ok(usize::try_from(fs::metadata(path)?.len())?) };
    files(folder)?
        .into_iter()
        .map(|name| {
            let path = folder.join(&name);
            Ok(Size {
                raw: length(path.clone())?,
                gzip: length(with_ending(&path, "gz"))?,
                brotli: length(with_ending(&path, "br"))?,
                name,
            })
        })
        .collect()
}

/// The app's own files, without their compressed twins.
fn files(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let twin = matches!(Path::new(&name).extension(), Some(ending) if ending == "gz" || ending == "br");
        if !name.starts_with('.') && !twin {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
