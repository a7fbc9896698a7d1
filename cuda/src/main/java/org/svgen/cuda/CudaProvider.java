package org.svgen.cuda;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.svgen.cuda.ffi.CudaDriver;
import org.svgen.cuda.ffi.DriverUnavailableException;
import org.svgen.cuda.gpu.Device;
import org.svgen.cuda.gpu.KernelLibrary;
import org.svgen.cuda.gpu.KernelNames;
import org.svgen.cuda.product.ProductSettings;
import org.svgen.cuda.product.Products;
import org.svgen.tensor.BadInputException;
import org.svgen.tensor.Message;
import org.svgen.tensor.device.Backend;
import org.svgen.tensor.device.BackendProvider;
import org.svgen.tensor.device.Backends;

/**
 * Announces {@link CudaBackend}. System property {@code svgen.cuda.library} names the driver's
 * library where it is not the system's; {@code svgen.cuda.arch} the architecture whose kernels are
 * used instead of the GPU's own; {@code svgen.cuda.graphs=off} starts each kernel by itself; {@link
 * ProductSettings} says whose matrix products are used.
 */
public final class CudaProvider implements BackendProvider {
    private static final String GRAPHS = "svgen.cuda.graphs";

    private @Nullable CudaDriver opened;

    @Override
    public String kind() {
        return "cuda";
    }

    /** Above the CPU's: a GPU that can be used is. */
    @Override
    public int preference() {
        return 1;
    }

    @Override
    public Optional<String> unavailable() {
        try {
            CudaDriver driver = driver();
            for (int i = 0; i < driver.deviceCount(); i++) {
                if (Device.of(driver, i).supported()) {
                    return Optional.empty();
                }
            }
            return Optional.of(tooOld(Device.of(driver, 0)));
        } catch (DriverUnavailableException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Wherever there is a driver, working or not. */
    @Override
    public boolean present() {
        try {
            CudaDriver unused = driver();
            return true;
        } catch (DriverUnavailableException e) {
            return !e.isAbsent();
        }
    }

    @Override
    public SequencedMap<String, String> findings() {
        SequencedMap<String, String> found = new LinkedHashMap<>();
        try {
            CudaDriver driver = driver();
            boolean fast = true;
            found.put("driver", "serves CUDA " + CudaDriver.versionText(driver.version()));
            for (int i = 0; i < driver.deviceCount(); i++) {
                Device device = Device.of(driver, i);
                found.put("gpu " + i, device.toString());
                KernelLibrary kernels = new KernelLibrary(driver, device, architectures(device));
                found.put("kernels " + i, kernels.description());
                fast &= Products.fastIn(kernels);
                if (driver.deviceCount() > 1) {
                    found.put("copies " + i, copies(driver, i));
                }
            }
            found.put("cublaslt", ProductSettings.asTold().finding(fast));
        } catch (DriverUnavailableException e) {
            found.put("driver", String.valueOf(e.getMessage()));
        }
        return found;
    }

    /** How other GPUs' memory comes to a GPU. */
    private static String copies(CudaDriver driver, int index) {
        List<String> direct = new ArrayList<>();
        List<String> staged = new ArrayList<>();
        for (int peer = 0; peer < driver.deviceCount(); peer++) {
            if (peer != index) {
                (driver.peers().reaches(index, peer) ? direct : staged).add("gpu " + peer);
            }
        }
        String straight = "directly from " + String.join(", ", direct);
        String around = "through host memory from " + String.join(", ", staged);
        return direct.isEmpty()
                ? around
                : staged.isEmpty() ? straight : "%s; %s".formatted(straight, around);
    }

    /** None where there is no driver. */
    @Override
    public int devices() {
        try {
            return driver().deviceCount();
        } catch (DriverUnavailableException e) {
            return 0;
        }
    }

    @Override
    public Backend open(int index) {
        return open(index, ProductSettings.asTold());
    }

    @Override
    public Backend openRank(int index, int ranks) {
        return open(index, ProductSettings.own());
    }

    Backend open(int index, ProductSettings products) {
        CudaDriver driver = driver();
        int devices = driver.deviceCount();
        if (index >= devices) {
            String expected = "a number below %d, the GPUs found".formatted(devices);
            throw BadInputException.of(
                    Backends.DEVICE,
                    expected,
                    "cuda:" + index,
                    Message.of("%s cuda:%d: expected %s", Backends.DEVICE, index, expected));
        }
        Device device = Device.of(driver, index);
        if (!device.supported()) {
            throw Backends.cannotBeUsed("cuda:" + index, tooOld(device));
        }
        return CudaBackend.open(driver, device, architectures(device), products, graphs());
    }

    private static boolean graphs() {
        String told = System.getProperty(GRAPHS, "on");
        return switch (told) {
            case "on" -> true;
            case "off" -> false;
            default ->
                    throw new BadInputException(
                            "system property %s: expected on or off, found '%s'"
                                    .formatted(GRAPHS, told));
        };
    }

    private static List<String> architectures(Device device) {
        String forced = System.getProperty("svgen.cuda.arch");
        return forced == null
                ? KernelNames.candidates(device.major(), device.minor())
                : List.of(forced);
    }

    /** Opened when first asked for: starting the driver and linking its functions takes a while. */
    private synchronized CudaDriver driver() {
        if (opened == null) {
            opened = CudaDriver.open(System.getProperty("svgen.cuda.library", "libcuda.so.1"));
        }
        return opened;
    }

    private static String tooOld(Device device) {
        return "GPU %d is %s, expected compute capability 8.0 or higher"
                .formatted(device.index(), device);
    }
}
