"""Every kernel that Python calls in a run, with the types it is compiled for, by the stage that first needs it.

Written by ``benchmarks/speed/list_kernels.py``; ``kernels.signatures`` says how types are spelt.
"""

from __future__ import annotations

ENTRIES: dict[str, dict[str, tuple[tuple[str, str], ...]]] = {
    "clean": {
        "kernels.utf8": (("check_utf8", "u1[:]r"),),
        "clean.telling_words": (
            ("find_words", "u1[:]r, u1[:]r, i8[:], i8[:,:], i8"),
            ("lines_with_words", "u1[:]r, u1[:]r, i8[:], i8"),
        ),
        "clean.html.tag_kernels": (
            ("count_tags", "u1[:]r, i8"),
            ("compares_too_many", "u1[:]r, i8[:], i8, i8"),
            ("weigh_tags", "u1[:]r, i8[:], i8[:]"),
        ),
        "kernels.lookup": (
            ("hash_pieces", "u1[:]r, i8[:]"),
            ("place_hashes", "i8[:], i8[:]"),
        ),
        "clean.html.walk_kernels": (("walk", "i8, i8"),),
        "clean.html.mark_kernels": (
            ("mark_labels", "u1[:]r, i8[:], (i8[:], i8[:,:]), (i8[:], i8[:,:]), (i8[:], i8[:,:]), i8[:,:], i8[:], i8[:,:], b1[:]"),
            ("score_labels", "u1[:]r, i8[:], i8[:], f8[:], clean.html.element_kernels.SCORES[:]"),
        ),
        "clean.html.element_kernels": (
            ("inherit_marks", "i8[:], i8[:], i8[:], i8[:,:], clean.html.walk_state.PAIR[:], i8, i8"),
            ("climb", "i8[:], i8[:], i8[:]"),
            ("number_rows", "i8[:,:]"),
            ("first_marks", "i8[:,:], i8[:], i8[:,:], i8[:,:]"),
            ("nearest_deciding", "i8[:], i8[:], b1[:], i8, i8, i8"),
        ),
        "clean.blocks.text_kernels": (
            ("read_texts", "u1[:], i8[:], i8[:], i8[:], i8, u4[:], clean.blocks.text_kernels.COUNTS[:], i8[:], i8[:], i8[:]"),
            ("collect_bits", "i8[:], i8[:], i8[:], i8[:], i8[:], i8[:]"),
            ("count_copies", "u1[:], i8[:], i8[:], i8[:], i8[:], i8[:], i8[:]"),
            ("count_known", "i8[:], i8[:], i8[:], i8[:], i8, clean.blocks.text_kernels.KNOWN[:]"),
        ),
        "clean.blocks.feature_kernels": (
            ("rise", "i8[:], i8[:], i8[:], i8[:,:]"),
            ("sum_blocks", "f8[:], f8[:], i8[:], f8[:,:]"),
            ("text_rows", "clean.blocks.text_kernels.COUNTS[:], f8[:], f8[:], i8[:], i8[:], i8[:], f4[:,:]"),
            ("element_rows", "i8[:], i8[:], i8[:], i8[:], i8[:], i8[:], f4[:,:]"),
            ("mark_rows", "i8[:,:], i8[:,:], i8[:,:], i8[:], i8[:,:], i8[:], i8[:], f4[:,:]"),
            ("around_rows", "i8[:], i8[:], f8[:], f4[:,:]"),
            ("place_rows", "f8[:,:], f8, f8, f4[:,:], f4[:,:]"),
            ("ancestor_rows", "i8[:,:], i8[:], i8[:], i8[:], f8[:,:], f8, f4[:,:]"),
        ),
        "clean.blocks.page_kernels": (
            ("alike_rows", "i8[:], i8[:], i8[:], f4[:,:]"),
            ("best_rows", "i8[:], i8[:], i8[:], i8[:], f8[:], f8[:], f8[:,:], f8, f4[:,:]"),
            ("heading_rows", "i8[:], i8[:], i8, i8, f8[:], f8[:], f4[:,:]"),
            ("page_numbers", "i8[:], i8[:], i8[:], i8[:], i8[:], i8[:,:], i8[:], i8[:], i8[:,:], f8[:]"),
            ("sum_marks", "i8[:,:], i8[:], f8[:], i8, f8[:]"),
            ("decide_headings", "i8[:], f8[:], f8[:], b1[:], i8, f8"),
        ),
        "clean.blocks.score_kernels": (
            ("score_rows", "i8[:], i8[:], i8[:], clean.html.element_kernels.SCORES[:], f8, f4[:,:]"),
            ("word_rows", "i8[:], i8[:], i8[:], i8[:], f8[:], f8, f4[:,:]"),
            ("score_texts", "i8[:], i8[:], f8[:], f8[:]"),
        ),
        "kernels.forest": (
            ("add_trees", "f4[:,:], i4[:], i4[:], f4[:], u8[:], i4[:], i8[:]"),
            ("add_forests", "f4[:], i8[:], i4[:], i4[:], f4[:], u8[:], i4[:], i8[:]"),
        ),
        "clean.blocks.context_kernels": (
            ("sum_probabilities", "f8[:], f8[:], f8[:,:]"),
            ("near_rows", "f8[:], f8[:], f8[:,:], f4[:,:]"),
            ("above_rows", "i8[:,:], i8[:], i8[:], f8[:,:], f4[:,:]"),
            ("alike_rows", "i8[:], i8[:], i8[:], f8[:], f8[:], f4[:,:]"),
            ("page_rows", "f8[:], f8[:], i8[:], f8, f4[:,:]"),
            ("best_rows", "i8[:], i8[:], i8[:], i8[:], f8[:], f8[:], f4[:,:]"),
            ("best_expected", "f8[:], f8[:], i8[:]"),
        ),
        "clean.lines.sign_kernels": (("read_lines", "u1[:]r, u4[:], i8[:], i8[:], (i8[:], i8[:]), (i8[:], i8[:]), b1[:]"),),
        "clean.lines.literal_kernels": (
            ("hash_grams", "i8[:]"),
            ("find_fitting", "u1[:]r, i8[:], (i4[:], i4[:], u1[:]r, i8[:], u1[:], u1[:]), i8[:], i8[:], i8[:], i8[:], i8"),
        ),
        "clean.lines.stop_word_kernels": (("count_stop_words", "u1[:]r, u4[:], i8[:], i8[:], i8[:]"),),
        "clean.lines.line_kernels": (
            ("lines_said_twice", "u1[:]r, u4[:], i8, i8"),
            ("score_notices", "u1[:]r, i8[:], i8[:], u4[:], i8[:], i8[:], f8[:], b1[:], i8"),
        ),
        "kernels.normal": (("write_words", "u1[:]r, (i4[:], u4[:], u1[:]r), u1[:]"),),
        "spam.token_kernels": (
            ("split_tokens", "u4[:]r, u4[:]"),
            ("number_tokens", "u4[:]r, u4[:], i8[:], i8[:]"),
            ("values_of", "i8[:], i8[:], i8[:]"),
            ("hash_phrases", "i8[:], i8[:]"),
            ("first_phrases", "i8[:], i8[:], i8[:], i8[:], i8[:], i8"),
        ),
        "spam.sign_kernels": (
            ("mark_prose", "i8[:], i8[:], b1[:], i8, f8"),
            ("top_pair", "i8[:], b1[:]"),
            ("repeated_runs", "i8[:], i8"),
            ("distinct_pairs", "i8[:], i8[:], b1[:], i8[:], i8"),
            ("count_again", "i8[:], b1[:], i8"),
            ("sort_pairs", "i8[:], i8[:], i8[:], b1[:], i8[:], i8[:], i8[:], f8, (i8, i8, i8)"),
            ("find_determiners", "i8[:], i8[:], i8[:], b1[:], b1[:], b1[:], i8, i8"),
            ("tortured_pairs", "i8[:], i8[:], i8[:], i8[:], (i8[:], i8[:], f8, b1[:], i8[:], i8[:]), (f8, f8, i8)"),
        ),
        "spam.pair_kernels": (("table_of_pairs", "i8[:], i8[:]"),),
        "spam.doorway_kernels": (("mask_pages", "i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), i8, f8, u8[:], u8[:]"),),
    },
    "site": {
        "kernels.tokens": (("read_words", "i8, i8, i8, (i4[:], u4[:], u1[:]r), u4[:], u1[:], i8[:], i8[:]"),),
        "spam.doorway_kernels": (("mask_words", "u4[:], u1[:], i8, u1[:]"),),
    },
    "fingerprint": {
        "fingerprint.minhash_kernels": (
            ("sketch_affine32", "i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), i8, u4[:], u4[:], u4[:,:], i8[:], u4[:], i8[:]"),
        ),
    },
    "match": {
        "kernels.shingles": (
            ("_list_all", "i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), i8, i8[:], u4[:]"),
            ("_sort_all", "i8[:], u4[:], i8[:]"),
        ),
        "match.search.band_kernels": (
            ("band_keys", "u4[:,:]r, i8, i8, i8, u8[:]"),
            ("bucket_ends", "u8[:], i8, match.search.band_kernels.BUCKET[:]"),
            (
                "bucket_pairs",
                "u4[:,:]r, u8[:,:], u8[:], i8, match.search.band_kernels.BUCKET[:], i8, i8, i8, match.search.band_kernels.PAIR[:]",
            ),
        ),
        "match.overlap_kernels": (
            ("equal_values", "u4[:,:]r, i8[:], i8[:]"),
            ("shared_counts", "i8[:], u4[:]r, i8[:], i8[:]"),
        ),
        "match.search.sample_kernels": (
            ("list_places", "u4[:]r, i8[:], u4[:]"),
            ("count_held", "i8, i8[:], u4[:], u4[:]r, u4[:]r, u4[:]r, i8[:], i8[:], match.search.band_kernels.PAIR[:]"),
        ),
        "match.page_word_kernels": (
            ("read_page_words", "i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), u4[:], u1[:], u4[:], u4[:], u1[:], i8[:]"),
        ),
        "match.evidence.holder_kernels": (
            ("spread_positions", "i8[:], i8[:], u4[:], u4[:]"),
            ("look_up_holders", "u4[:], u4[:], u1[:], u1[:]"),
            ("mark_common", "i8[:], u1[:], i8, u1[:]"),
        ),
        "match.evidence.title_kernels": (
            ("find_names", "i8[:], u4[:], u1[:], i8[:], i8[:], u4[:], u1[:]"),
            ("hash_titles", "i8[:], u4[:]"),
        ),
        "match.evidence.evidence_kernels": (
            (
                "compare_pages",
                "i8[:], u4[:]r, u4[:]r, u1[:]r, u4[:]r, u1[:]r, u1[:]r, i8[:], u4[:]r, i8[:], u8[:]r, i8, i8[:], i8[:]",
            ),
        ),
    },
    "rewrite": {
        "rewrite.language_kernels": (
            ("count_word_documents", "i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), u1[:], u2[:,:], i8[:], i8[:], i4[:], i8"),
            ("tell_pages", "u4[:], i8[:], u1[:], i8, u1[:]"),
        ),
        "rewrite.sketch_kernels": (
            ("count_shingles", "i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), u1[:], u1[:], u2[:,:], i4[:], i8"),
            ("sketch_pages", "i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), u1[:], u1[:], i8, u4[:,:]"),
        ),
        "rewrite.candidate_kernels": (
            ("group_column", "u4[:], i8[:], i8, i4[:], i8[:]"),
            ("groups_of_pages", "i4[:]r, i8[:]r, i8[:], i4[:]"),
            ("best_partners", "i4[:]r, i8[:]r, i8[:], i4[:], i8[:], i4[:], i8, i8, i8, i8, i4[:,:], i4[:]"),
        ),
        "rewrite.alignment.feature_kernels": (
            (
                "count_features",
                "i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), rewrite.alignment.layout.Lexicon(u1[:], f4[:], f4[:], u1[:]), u1[:], i4[:,:], i8[:], i4[:], i8",
            ),
        ),
        "rewrite.alignment.page_kernels": (
            (
                "lay_out_pages",
                "i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), rewrite.alignment.layout.Lexicon(u1[:], f4[:], f4[:], u1[:]), f8, f8, rewrite.alignment.layout.Pages(u4[:], u1[:], u1[:], u4[:], u4[:], i4[:], i8[:], f4[:], f4[:], rewrite.alignment.layout.ENTITY[:,:], f8[:,:], i8[:], i8[:], i8[:])",
            ),
        ),
        "rewrite.original_kernels": (
            (
                "odd_phrases",
                "rewrite.original_kernels.Reading(i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), u1[:]), u1[:], rewrite.original_kernels.PHRASE_COUNTS[:]",
            ),
            (
                "changed_phrases",
                "rewrite.original_kernels.Reading(i8[:]r, i8, i8, (i4[:], u4[:], u1[:]r), u1[:]), u1[:], i8[:], i8[:], rewrite.original_kernels.CHANGED[:]",
            ),
        ),
        "rewrite.alignment.strip_kernels": (("strip_room", "i8"),),
        "rewrite.alignment.whole_page_kernels": (
            (
                "fill_page_measures",
                "i8[:], i8[:], rewrite.alignment.layout.Pages(u4[:]r, u1[:]r, u1[:]r, u4[:]r, u4[:]r, i4[:]r, i8[:]r, f4[:]r, f4[:]r, rewrite.alignment.layout.ENTITY[:,:]r, f8[:,:], i8[:], i8[:], i8[:]), rewrite.alignment.layout.Lexicon(u1[:], f4[:], f4[:], u1[:]), rewrite.alignment.layout.FeatureIndex(u4[:], i4[:], i4[:], i4[:], f4[:]), rewrite.alignment.layout.PairRoom(f8[:], u1[:,:,:], i4[:,:], rewrite.alignment.layout.CHOICE[:], f8[:], i8[:], i8[:], b1[:], rewrite.alignment.layout.CHOICE[:], i8[:], i8[:], f8[:], f8[:], f8[:], f8[:]), rewrite.alignment.measures.MEASURE[:]",
            ),
        ),
        "rewrite.alignment.measure_kernels": (
            (
                "fill_measures",
                "i8[:], i8[:], rewrite.alignment.layout.Pages(u4[:]r, u1[:]r, u1[:]r, u4[:]r, u4[:]r, i4[:]r, i8[:]r, f4[:]r, f4[:]r, rewrite.alignment.layout.ENTITY[:,:]r, f8[:,:], i8[:], i8[:], i8[:]), rewrite.alignment.layout.Lexicon(u1[:], f4[:], f4[:], u1[:]), rewrite.alignment.layout.FeatureIndex(u4[:], i4[:], i4[:], i4[:], f4[:]), rewrite.alignment.layout.PairRoom(f8[:], u1[:,:,:], i4[:,:], rewrite.alignment.layout.CHOICE[:], f8[:], i8[:], i8[:], b1[:], rewrite.alignment.layout.CHOICE[:], i8[:], i8[:], f8[:], f8[:], f8[:], f8[:]), i8[:], u4[:], rewrite.alignment.layout.PART[:], rewrite.alignment.sentence_kernels.TALLY[:], rewrite.alignment.measures.MEASURE[:]",
            ),
        ),
        "rewrite.swap_kernels": (
            (
                "list_swaps",
                "i8[:], i8[:], rewrite.alignment.layout.Pages(u4[:]r, u1[:]r, u1[:]r, u4[:]r, u4[:]r, i4[:]r, i8[:]r, f4[:]r, f4[:]r, rewrite.alignment.layout.ENTITY[:,:]r, f8[:,:], i8[:], i8[:], i8[:]), f4[:], rewrite.alignment.layout.FeatureIndex(u4[:], i4[:], i4[:], i4[:], f4[:]), rewrite.alignment.layout.PairRoom(f8[:], u1[:,:,:], i4[:,:], rewrite.alignment.layout.CHOICE[:], f8[:], i8[:], i8[:], b1[:], rewrite.alignment.layout.CHOICE[:], i8[:], i8[:], f8[:], f8[:], f8[:], f8[:]), rewrite.swap_kernels.SWAP[:]",
            ),
        ),
    },
    "group": {
        "group.graph_kernels": (
            ("component_roots", "i8, i8[:]r, i8[:]r"),
            ("component_roots", "i8, i8[:], i8[:]"),
        ),
        "group.star_kernels": (("choose_representatives", "i8[:], i8[:], f8[:], b1[:], b1[:], i8[:], i8[:]"),),
    },
    "write": {},
}
