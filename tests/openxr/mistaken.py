"""An application that makes mistakes on purpose, so that a test sees whether the validation layers listen.

    python -m tests.openxr.mistaken

Its session shows no pictures, and it goes on whatever the runtime answers: to locate a space before a frame was waited
for is bad practice; a structure of another type than the function takes is invalid.
"""

import ctypes

import xr

from vrtrainer.openxr.calls import CallError, Calls


def main():
    instance = xr.create_instance(
        xr.InstanceCreateInfo(
            enabled_extension_names=["XR_MND_headless"],
            application_info=xr.ApplicationInfo("mistaken", 1, "", 0, xr.Version(1, 0, 34)),
        )
    )
    calls = Calls(instance)
    system = xr.get_system(instance, xr.SystemGetInfo(form_factor=xr.FormFactor.HEAD_MOUNTED_DISPLAY))
    session = xr.create_session(instance, xr.SessionCreateInfo(system_id=system))
    view, local = (
        xr.create_reference_space(session, xr.ReferenceSpaceCreateInfo(reference_space_type=kind))
        for kind in (xr.ReferenceSpaceType.VIEW, xr.ReferenceSpaceType.LOCAL)
    )
    strange = xr.SpaceLocation()
    strange._type = xr.StructureType.FRAME_STATE.value
    for location in (xr.SpaceLocation(), strange):
        try:
            calls.xrLocateSpace(view, local, 1, ctypes.byref(location))
        except CallError as error:
            print("mistaken:", error, flush=True)
    xr.destroy_session(session)
    xr.destroy_instance(instance)
    print("mistaken: over", flush=True)


if __name__ == "__main__":
    main()
