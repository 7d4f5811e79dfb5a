//! Colours three graphs of different sizes with one model: who borders on whom comes with each question.
//! Neighbours get different colours, and the rules in the model's file say whether they did.
//!
//!     cargo run --example graph -- colouring.trm

use std::process::ExitCode;
use trm::{Lists, Model, Options, Puzzle, Shape, Verdict};

struct Graph {
    name: &'static str,
    /// A colour for each vertex, or '.'.
    given: &'static str,
    /// Pairs of vertices, each named by a letter: A, B, C and so on.
    edges: &'static str,
    colours: u32,
}

const GRAPHS: [Graph; 3] = [
    Graph {
        name: "Australia", // WA NT SA Q NSW V
        given: "12....",
        edges: "AB AC BC BD CD CE CF DE EF",
        colours: 3,
    },
    Graph {
        name: "Petersen's graph",
        given: "12.3......",
        edges: "AB BC CD DE EA AF BG CH DI EJ FH HJ JG GI IF",
        colours: 3,
    },
    Graph {
        name: "twelve provinces",
        given: "1234........",
        edges: "AB AC AD BC BD CD AE BE CE BF CF DF AG CG DG EH BH CH FI CI DI GJ AJ CJ EK HK BK FL IL DL",
        colours: 4,
    },
];

/// Neighbours hear each other.
fn neighbours(graph: &Graph) -> Result<Lists, trm::Error> {
    let vertex = |letter: u8| u32::from(letter - b'A');
    let edges = graph.edges.split(' ').map(str::as_bytes);
    let pairs = edges.map(|edge| (vertex(edge[0]), vertex(edge[1])));
    Lists::of_pairs(
        graph.given.len() as u32,
        pairs.flat_map(|(a, b)| [(a, b), (b, a)]),
    )
}

/// Whether the rules call the colours right.
fn colour(model: &Model, graph: &Graph) -> Result<bool, trm::Error> {
    let lists = neighbours(graph)?;
    let relations = [lists.relation("edge")];
    let question = Puzzle::from(graph.given)
        .shape(Shape::new().fields(graph.colours))
        .relations(&relations);
    let answer = model.solve(question, &Options::new().require_verified(true))?;
    let is_right = answer.verdict == Verdict::Verified;
    let (verdict, steps) = (if is_right { "right" } else { "wrong" }, answer.steps);
    println!(
        "{:17} {} -> {answer}, {verdict} after {steps} steps",
        graph.name, graph.given
    );
    Ok(is_right)
}

fn colour_all(path: &str) -> Result<bool, trm::Error> {
    let model = Model::open(path)?;
    let verdicts = GRAPHS.iter().map(|graph| colour(&model, graph));
    verdicts
        .collect::<Result<Vec<_>, _>>()
        .map(|right| right.into_iter().all(|one| one))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let path = match arguments.as_slice() {
        [path] => path,
        _ => {
            eprintln!("usage: graph MODEL.trm");
            return ExitCode::from(2);
        }
    };
    match colour_all(path) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
