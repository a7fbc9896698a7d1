package org.svgen.hub;

import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.svgen.tensor.BadInputException;

/**
 * Where the hub and its cache are, and how patient to be.
 *
 * @param cache the folder that holds {@code models--ORG--NAME}
 * @param endpoint the hub's address, without a slash at its end
 * @param token sent to the endpoint and to nobody else; null to go as a stranger
 * @param offline true to use the cache alone
 * @param symlinks false to have files in place of links in snapshots
 * @param patience how long to wait for the hub
 * @param proxies which proxy to go through to an address
 */
public record HubSettings(
        Path cache,
        URI endpoint,
        @Nullable String token,
        boolean offline,
        boolean symlinks,
        Patience patience,
        ProxySelector proxies) {
    /** Checks that nothing is null that must be there. */
    public HubSettings {
        Objects.requireNonNull(cache, "cache");
        Objects.requireNonNull(endpoint, "endpoint");
        Objects.requireNonNull(patience, "patience");
        Objects.requireNonNull(proxies, "proxies");
    }

    private static final int MAX_PORT = 0xFFFF;

    /**
     * Reads {@code HF_HOME}, {@code HF_HUB_CACHE}, {@code HF_TOKEN}, {@code HF_TOKEN_PATH}, {@code
     * HF_ENDPOINT}, {@code HF_HUB_OFFLINE}, {@code HF_HUB_DISABLE_SYMLINKS} and {@code
     * HF_HUB_DISABLE_IMPLICIT_TOKEN} as huggingface_hub does, and {@code HTTPS_PROXY}, {@code
     * HTTP_PROXY}, {@code ALL_PROXY} and {@code NO_PROXY} in either case.
     *
     * @param variables the environment
     * @param home the user's home folder
     * @return the settings
     * @throws BadInputException if one of them makes no sense
     */
    public static HubSettings of(Map<String, String> variables, Path home) {
        Objects.requireNonNull(variables, "variables");
        Objects.requireNonNull(home, "home");
        HubVariables v = new HubVariables(variables, home);
        return new HubSettings(
                v.cache(),
                endpoint(v.text("HF_ENDPOINT", "https://huggingface.co")),
                v.token(),
                v.flag("HF_HUB_OFFLINE") || v.flag("TRANSFORMERS_OFFLINE"),
                !v.flag("HF_HUB_DISABLE_SYMLINKS"),
                Patience.USUAL,
                new ProxyVariables(v));
    }

    private static URI endpoint(String text) {
        try {
            URI uri = new URI(text.replaceAll("/+$", ""));
            if (uri.getRawUserInfo() != null) {
                throw new BadInputException(
                        "HF_ENDPOINT: expected an address without a name and a password, which are not sent; HF_TOKEN is");
            }
            if (uri.getHost() != null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && uri.getPort() <= MAX_PORT
                    && ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw new BadInputException(
                "HF_ENDPOINT: expected an address such as https://huggingface.co, found \"%s\""
                        .formatted(text));
    }

    /** Without the token, which must not come into logs. */
    @Override
    public String toString() {
        return "HubSettings[cache=%s, endpoint=%s, offline=%s]".formatted(cache, endpoint, offline);
    }
}
