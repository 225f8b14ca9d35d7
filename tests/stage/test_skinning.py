"""What the graphics card makes of a mesh is what arithmetic makes of it."""

import ctypes
from dataclasses import replace

import numpy as np
import pytest

from tests.stage import shown
from vrtrainer import choices
from vrtrainer.human.face import INDEX as FACE
from vrtrainer.sessions.tableau import Tableau


@pytest.fixture(scope="module")
def renderer(opengl, content):
    from vrtrainer.stage import context

    opened = context.offscreen()
    from vrtrainer.stage.renderer import Renderer

    made = Renderer(content)
    yield made
    opened.switch_to()
    made.delete()
    opened.close()


def read_back(standing, count):
    from pyglet import gl

    out = np.empty((count, 6), np.float32)
    gl.glBindBuffer(gl.GL_ARRAY_BUFFER, standing.buffer.name)
    gl.glGetBufferSubData(gl.GL_ARRAY_BUFFER, 0, out.nbytes, ctypes.c_void_p(out.ctypes.data))
    return out[:, :3], out[:, 3:]


def by_arithmetic(figure, avatar):
    model = avatar.model
    matrices = avatar.joints.place(figure.pose, figure.world_from_avatar)
    points = model.positions.copy()
    points[: model.morphed] += np.einsum("w,wvk->vk", figure.pose.face.astype(np.float32), model.morphs)
    points = np.concatenate([points, np.ones((len(points), 1), np.float32)], axis=1)
    blended = np.einsum("vk,vkab->vab", model.weights, matrices[model.joints])
    return np.einsum("vab,vb->va", blended, points)


@pytest.mark.parametrize("name", choices.listing(choices.content("avatars")))
@pytest.mark.parametrize("face", [{}, {"12": 0.8, "26": 0.5, "4": 0.3}, {"45": 1.0, "22": 1.0, "1": 1.0, "33": 0.7}])
def test_vertices_stand_where_arithmetic_puts_them(renderer, name, face):
    figure = shown.figure(name, "wave", face=face)
    renderer.stand(Tableau(figures=(figure,)))
    ((_, standing, *_),) = renderer._people
    positions, normals = read_back(standing, len(standing.avatar.model.positions))
    assert np.abs(positions - by_arithmetic(figure, standing.avatar)).max() < 2e-4
    assert np.allclose(np.linalg.norm(normals, axis=1), 1.0, atol=1e-3)


def test_two_figures_of_one_avatar_stand_each_in_its_own_place(renderer):
    one = shown.figure("noor", "wave")
    two = replace(
        shown.figure("noor"), world_from_avatar=replace(one.world_from_avatar, position=np.array([1.0, 0, -2]))
    )
    renderer.stand(Tableau(figures=(one, two)))
    for figure, (_, standing, *_) in zip((one, two), list(renderer._people), strict=True):
        positions, _ = read_back(standing, len(standing.avatar.model.positions))
        assert np.abs(positions - by_arithmetic(figure, standing.avatar)).max() < 2e-4


def test_lids_follow_eyes_that_look_down(renderer):
    from vrtrainer.human import rotations
    from vrtrainer.human.pose import Pose
    from vrtrainer.human.skeleton import INDEX

    figure = shown.figure("noor")
    turned = figure.pose.rotations.copy()
    for eye in ("leftEye", "rightEye"):
        turned[INDEX[eye]] = rotations.from_axis_angle([1.0, 0, 0], np.radians(-15))
    figure = replace(figure, pose=Pose(turned, figure.pose.hips, figure.pose.face))
    renderer.stand(Tableau(figures=(figure,)))
    avatar = renderer._people[0][1].avatar
    count = avatar._face(figure.pose)
    named = {int(i): float(w) for i, w in avatar._active[:count]}
    assert named.keys() == {FACE["eyeLookDownLeft"], FACE["eyeLookDownRight"]}
    assert all(0.4 < w < 0.6 for w in named.values())
