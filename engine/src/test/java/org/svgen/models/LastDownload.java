package org.svgen.models;

import java.util.Arrays;
import org.svgen.tensor.DType;
import org.svgen.tensor.Tensor;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.Download;
import org.svgen.tensor.device.Feed;
import org.svgen.tensor.device.ForwardingBackend;

/** Remembers what was last fetched from a device: latents, where a run ends before its decoder. */
final class LastDownload extends ForwardingBackend {
    private long hash;

    LastDownload(Backend device) {
        super(device);
    }

    /** A number that tells one download from another, bit by bit. */
    long hash() {
        return hash;
    }

    @Override
    public void download(Tensor tensor, Tensor host) {
        other().download(tensor, host);
        hash = tensor.dtype() == DType.F32 ? Arrays.hashCode(host.toFloats()) : 0;
    }

    @Override
    public Download beginDownload(Tensor tensor, Tensor host) {
        return other().beginDownload(tensor, host);
    }

    @Override
    public Tensor upload(Tensor host, DType dtype) {
        return other().upload(host, dtype);
    }

    @Override
    public Feed feed() {
        return other().feed();
    }
}
