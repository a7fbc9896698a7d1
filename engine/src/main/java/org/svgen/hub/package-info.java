/**
 * Models from a Hugging Face hub, in the cache that Python's huggingface_hub uses too. {@link
 * org.svgen.hub.Hub} is the entrance; nothing else here speaks to the network.
 */
@NullMarked
package org.svgen.hub;

import org.jspecify.annotations.NullMarked;
