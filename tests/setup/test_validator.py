"""The fixture that asks Khronos' validator, tried on a good and two bad files."""

import pytest
import trimesh


@pytest.fixture
def box(tmp_path):
    path = tmp_path / "box.glb"
    path.write_bytes(trimesh.creation.box().export(file_type="glb"))
    return path


def test_a_good_file_has_no_errors(gltf_errors, box):
    assert gltf_errors(box) == []


def test_a_wrong_reference_is_found_and_placed(gltf_errors, box):
    box.write_bytes(box.read_bytes().replace(b'"mesh":0', b'"mesh":7'))
    assert any("mesh" in line and line.startswith("/nodes/") for line in gltf_errors(box))


def test_what_is_no_gltf_at_all_is_an_error_of_the_file(gltf_errors, tmp_path):
    path = tmp_path / "letter.glb"
    path.write_text("Dear reader", encoding="utf-8")
    assert gltf_errors(path)[0].startswith("file: ")
