"""Draws one avatar a number of times and prints the median: `_picture ours|panda3d RUNS`, a process of its own."""

import json
import sys
import time

import numpy as np

from vrtrainer import choices

SIZE = 1000


def _median(draw, runs):
    for _ in range(5):
        draw()
    times = []
    for _ in range(runs):
        before = time.perf_counter()
        draw()
        times.append(time.perf_counter() - before)
    return float(np.median(times) * 1e3)


def ours(runs):
    """The stage's renderer with its light and without shadow, every frame another pose."""
    from types import SimpleNamespace

    from vrtrainer.gestures import library
    from vrtrainer.gestures.perform import perform
    from vrtrainer.sessions.showing import FACING
    from vrtrainer.sessions.tableau import Figure, Tableau
    from vrtrainer.stage import context, vrm

    content = SimpleNamespace(**{kind: choices.content(kind) for kind in choices.KINDS})
    opened = context.offscreen()
    from pyglet import gl

    from vrtrainer.stage import gpu, views
    from vrtrainer.stage.renderer import Renderer

    renderer = Renderer(content, shadows=False)
    target = gpu.Target(SIZE, SIZE, samples=0)
    who = vrm.load(content.avatars / "noor" / "model.vrm").body
    moved = perform(library.load(content.assets / "gestures")["wave"], who).motion
    at = iter(range(10_000))

    def draw():
        pose = moved.sample(next(at) / 30 % moved.duration)
        shown = Tableau(figures=(Figure("noor", pose, FACING),))
        seen = views.taken(shown, content, (SIZE, SIZE), "front")
        renderer.draw(shown, seen.view, seen.projection, (SIZE, SIZE), target.framebuffer)
        gl.glFinish()

    ms = _median(draw, runs)
    name = context.renderer_name()
    opened.close()
    return {"ms": ms, "what": f"vrtrainer, skinned and morphed on {name}"}


def panda3d(runs):
    """panda3d with the same geometry at rest pose, its own software skinning left out: a lower bound for it."""
    from panda3d.core import (
        AmbientLight,
        Camera,
        DirectionalLight,
        FrameBufferProperties,
        Geom,
        GeomNode,
        GeomTriangles,
        GeomVertexData,
        GeomVertexFormat,
        GraphicsEngine,
        GraphicsPipe,
        GraphicsPipeSelection,
        NodePath,
        PerspectiveLens,
        WindowProperties,
        loadPrcFileData,
    )  # fmt: skip

    from vrtrainer.human import glb

    settings = ("load-display p3headlessgl", "aux-display pandagl", "aux-display p3tinydisplay", "multisamples 0")
    loadPrcFileData("", "\n".join((*settings, "audio-library-name null", "notify-level error")))
    engine = GraphicsEngine.get_global_ptr()
    pipe = GraphicsPipeSelection.get_global_ptr().make_default_pipe()
    if pipe is None:
        sys.exit("panda3d found no way to draw without a screen")
    properties = FrameBufferProperties()
    properties.set_rgba_bits(8, 8, 8, 8)
    properties.set_depth_bits(24)
    flags = GraphicsPipe.BF_refuse_window
    buffer = engine.make_output(pipe, "out", 0, properties, WindowProperties.size(SIZE, SIZE), flags)
    if buffer is None:
        sys.exit("panda3d opened no buffer")
    root = NodePath("root")
    model = glb.read((choices.content("avatars") / "noor" / "model.vrm").read_bytes(), "model.vrm")
    for positions, normals, indices in _triangles(model):
        data = GeomVertexData("mesh", GeomVertexFormat.get_v3n3(), Geom.UH_static)
        data.unclean_set_num_rows(len(positions))
        view = memoryview(data.modify_array(0)).cast("B").cast("f")
        view[:] = np.ascontiguousarray(np.hstack([positions, normals]), np.float32).ravel()
        triangles = GeomTriangles(Geom.UH_static)
        triangles.set_index_type(Geom.NT_uint32)
        triangles.modify_vertices().unclean_set_num_rows(indices.size)
        memoryview(triangles.modify_vertices()).cast("B").cast("I")[:] = np.ascontiguousarray(
            indices, np.uint32
        ).ravel()
        geom = Geom(data)
        geom.add_primitive(triangles)
        node = GeomNode("mesh")
        node.add_geom(geom)
        root.attach_new_node(node)
    light, ambient = DirectionalLight("sun"), AmbientLight("sky")
    light.set_direction((-0.4, -0.8, -0.4))
    for lamp, colour in ((light, (0.7, 0.7, 0.7, 1)), (ambient, (0.4, 0.4, 0.4, 1))):
        lamp.set_color(colour)
        root.set_light(root.attach_new_node(lamp))
    lens = PerspectiveLens()
    lens.set_fov(30)
    camera = root.attach_new_node(Camera("eye", lens))
    camera.set_pos(0, 0.7, 3.2)
    camera.look_at((0, 0.7, 0), (0, 1, 0))
    region = buffer.make_display_region()
    region.set_camera(camera)
    buffer.set_clear_color((0.9, 0.9, 0.9, 1))

    def draw():
        engine.render_frame()

    ms = _median(draw, runs)
    gsg = buffer.get_gsg()
    return {
        "ms": ms,
        "what": f"panda3d {pipe.get_interface_name()} on {gsg.get_driver_renderer() if gsg else '?'}, not skinned",
    }


def _triangles(model):
    for mesh in model.meshes:
        for primitive in mesh.primitives:
            yield primitive.attributes["POSITION"], primitive.attributes["NORMAL"], primitive.indices


if __name__ == "__main__":
    print(json.dumps({"ours": ours, "panda3d": panda3d}[sys.argv[1]](int(sys.argv[2]))))
