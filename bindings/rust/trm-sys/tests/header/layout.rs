//! What the compilers make of the declarations, as lines such as `trm_questions.count at 8, 8 bytes, 0000000000000000`:
//! the offset, the size and the default of each field, the size of each struct, the value of each constant.

use crate::c::Item;
use std::collections::BTreeSet;
use std::fmt::Write;
use std::mem::{size_of, size_of_val};
use std::path::Path;
use std::process::Command;

/// As the C compiler sees them: a program is compiled and run.
pub fn of_c(header: &str, items: &[Item]) -> BTreeSet<String> {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, program) =
        (directory.join(format!("{header}.c")), directory.join(format!("{header}.layout")));
    std::fs::write(&source, c_program(header, items)).unwrap();
    let include = Path::new(env!("CARGO_MANIFEST_DIR")).join("vendor/include");
    let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".into());
    let mut words = compiler.split_whitespace();
    let compiled = Command::new(words.next().unwrap())
        .args(words)
        .args(["-std=c11", "-Wall", "-Wextra", "-Werror"])
        .arg("-I")
        .arg(include)
        .arg(source)
        .arg("-o")
        .arg(&program)
        .status();
    assert!(compiled.unwrap().success(), "the C program does not compile");
    let output = Command::new(program).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().map(String::from).collect()
}

const C_BEGIN: &str = r#"
#include <stdio.h>

static void field(const char *name, size_t offset, const void *value, size_t bytes)
{
    printf("%s at %zu, %zu bytes, ", name, offset, bytes);
    for (size_t i = 0; i < bytes; i++)
        printf("%02x", ((const unsigned char *)value)[i]);
    printf("\n");
}

int main(void)
{
"#;

fn c_program(header: &str, items: &[Item]) -> String {
    let mut text = format!("#include <trm/{header}>\n{C_BEGIN}");
    for item in items {
        match item {
            Item::Constant { name, .. } => c_value(&mut text, name),
            Item::Enumeration { values, .. } => {
                values.iter().for_each(|value| c_value(&mut text, &value.name))
            }
            Item::Structure { name, fields, .. } if !fields.is_empty() => {
                writeln!(text, "printf(\"{name}: %zu bytes\\n\", sizeof({name}));").unwrap();
                writeln!(text, "const {name} {name}_value = {}_INIT;", name.to_uppercase()).unwrap();
                for field in fields {
                    let field = &field.name;
                    writeln!(
                        text,
                        "field(\"{name}.{field}\", offsetof({name}, {field}), &{name}_value.{field}, sizeof \
                         {name}_value.{field});"
                    )
                    .unwrap();
                }
            }
            _ => {}
        }
    }
    text + "}\n"
}

fn c_value(text: &mut String, name: &str) {
    writeln!(text, "printf(\"{name} = %lld\\n\", (long long){name});").unwrap();
}

/// As this compiler sees them: the structs, and the constants, which are numbers, as the text of the declarations has them.
pub fn of_rust(structures: BTreeSet<String>, declarations: &str) -> BTreeSet<String> {
    let mut lines = structures;
    for line in declarations.lines() {
        let constant = line.strip_prefix("pub const ").and_then(|line| line.strip_suffix(';'));
        if let Some((declared, value)) = constant.and_then(|constant| constant.split_once(" = ")) {
            let name = declared.split(':').next().unwrap();
            lines.insert(format!("{name} = {value}"));
        }
    }
    lines
}

/// Lines of structs, each named with its initialiser and its fields.
macro_rules! structures {
    ($function:ident: $($name:ident $initialiser:ident { $($field:ident)* })*) => {
        pub fn $function() -> BTreeSet<String> {
            let mut lines = BTreeSet::new();
            $(
                let name = stringify!($name);
                lines.insert(format!("{name}: {} bytes", size_of::<trm_sys::$name>()));
                let value = trm_sys::$initialiser;
                let begin = std::ptr::addr_of!(value) as usize;
                $(
                    let offset = std::ptr::addr_of!(value.$field) as usize - begin;
                    let field = stringify!($field).trim_start_matches("r#");
                    lines.insert(format!(
                        "{name}.{field} at {offset}, {} bytes, {}",
                        size_of_val(&value.$field),
                        bytes(&value.$field)
                    ));
                )*
            )*
            lines
        }
    };
}

/// A value, in hexadecimal.
fn bytes<T>(value: &T) -> String {
    // SAFETY: the bytes belong to `value`, and are initialised, as no field of the headers' structs has padding.
    let bytes = unsafe { std::slice::from_raw_parts(value as *const T as *const u8, size_of::<T>()) };
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

structures! {
    of_trm:
    trm_error TRM_ERROR_INIT { size status message }
    trm_allocator TRM_ALLOCATOR_INIT { size user allocate release }
    trm_executor TRM_EXECUTOR_INIT { size width user run }
    trm_open_options TRM_OPEN_OPTIONS_INIT { size flags reserved allocator workspace workspace_size }
    trm_model_info TRM_MODEL_INFO_INIT {
        size architecture block position_encoding gate likelihood channels positions prefix vocabulary identifiers
        blocks high_blocks heads token_hidden channel_hidden cycles updates maximum_steps grid_rows grid_columns mapped
        metadata_count tensor_count parameters file_bytes weight_bytes step_operations task instruction_set
        quantised fields first_value box_rows box_columns least_rows most_rows least_columns most_columns least_fields
        most_fields most_positions relations helper_tokens features halting cell_confidence values blank keeps_givens
        start_noise halt_threshold
    }
    trm_metadata TRM_METADATA_INIT { size key r#type length integer real bytes }
    trm_tensor_info TRM_TENSOR_INFO_INIT { size name rows columns stored_bytes r#type layout encoding }
    trm_solve_options TRM_SOLVE_OPTIONS_INIT {
        size maximum_steps halt stable_steps batch budget_nanoseconds executor allocator workspace workspace_size
        halt_probability shape heard start seed runs policy search require_verified candidates views view_count
        step_budget verifier watcher
    }
    trm_questions TRM_QUESTIONS_INIT {
        size count tokens identifiers shapes shape_count relations relation_count helper_tokens features
    }
    trm_answers TRM_ANSWERS_INIT {
        size tokens probabilities logits halt_probabilities halt_logits continue_logits steps stops cell_confidences
        verdicts hows runs pins total_steps changed
    }
    trm_firmware_cost TRM_FIRMWARE_COST_INIT { size model_bytes model_workspace solver_workspace operations }
    trm_candidates TRM_CANDIDATES_INIT { size room reserved tokens counts verdicts confidences hows }
    trm_hints TRM_HINTS_INIT {
        size room reserved positions tokens reasons confidences relations end clash
    }
    trm_repaired TRM_REPAIRED_INIT {
        size verdict changes fewest how halt_probability reserved total_steps
    }
    trm_shape TRM_SHAPE_INIT { size rows columns box_rows box_columns fields positions helpers reserved }
    trm_relation TRM_RELATION_INIT { size name first heard heard_count shared lists }
    trm_relation_info TRM_RELATION_INFO_INIT { size name source level aggregates reserved lists }
    trm_verifier TRM_VERIFIER_INIT { size user verify }
    trm_run_step TRM_RUN_STEP_INIT {
        size question run how step stop verdict pins positions changed halt_logit halt_probability tokens probabilities asked
        view reserved
    }
    trm_watcher TRM_WATCHER_INIT { size user step }
}

#[cfg(feature = "train")]
structures! {
    of_train:
    trm_convert_options TRM_CONVERT_OPTIONS_INIT {
        size format deflate config_path task alphabet alphabet_first grid_rows grid_columns precision allocator keep
        keep_count halt_threshold maximum_steps calibration selectors
    }
    trm_init_options TRM_INIT_OPTIONS_INIT {
        size architecture block position_encoding gate likelihood channels positions prefix vocabulary identifiers
        puzzle_width head_bias blocks high_blocks heads token_hidden channel_hidden cycles updates maximum_steps deflate
        seed task alphabet alphabet_first grid_rows grid_columns reserved allocator fields first_value helper_tokens features
        relations relation_count start_noise halting sizes rules
    }
    trm_task TRM_TASK_INIT {
        size name grid_rows grid_columns box_rows box_columns alphabet alphabet_first features rules
    }
    trm_generate_options TRM_GENERATE_OPTIONS_INIT {
        size count first seed least_givens most_givens least_walls most_walls open unreachable
        least_positions most_positions least_fields most_fields minimal reserved least_size most_size
    }
    trm_csv_options TRM_CSV_OPTIONS_INIT { size flags reserved allocator task question answer }
    trm_survey TRM_SURVEY_INIT {
        size puzzles repeated cells grid_rows grid_columns box_rows box_columns groups keeps_givens has_blank fields values
        alphabet task relations block channels channel_hidden cycles updates batch steps start_noise helper_tokens findings
    }
    trm_team TRM_TEAM_INIT { size rank count share user }
    trm_train_options TRM_TRAIN_OPTIONS_INIT {
        size batch shards steps seed optimiser maximum_steps learning_rate weight_decay beta1 beta2 muon_learning_rate
        muon_weight_decay muon_momentum puzzle_learning_rate puzzle_weight_decay warm_up cosine curriculum clip smoothing
        halt_weight exploration average average_begin states recompute plain precision executor allocator team
        cell_weight replacement staggered judge wrong_givens
    }
    trm_judge TRM_JUDGE_INIT { size user verify nearest }
    trm_option_info TRM_OPTION_INFO_INIT { size name help words offset kind reserved usual least most }
    trm_train_report TRM_TRAIN_REPORT_INIT {
        size step steps cycles updates loss answer_loss halt_loss cell_accuracy gradient_norm rate_share halted exact
        halted_steps cell_loss
    }
}
