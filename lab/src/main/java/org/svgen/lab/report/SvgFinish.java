package org.svgen.lab.report;

import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Attr;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.w3c.dom.Text;
import org.xml.sax.InputSource;

/**
 * Makes a drawing of Lets-Plot a part of a page: it scales, takes colours and letters from the
 * page's style sheet, has a title and a description for those who cannot see it, and no name that
 * another drawing of the page has. Names are random before, so this also makes equal plots equal.
 */
record SvgFinish(String id, String title, String description) {
    private static final String SVG = "http://www.w3.org/2000/svg";
    private static final Pattern LONG = Pattern.compile("-?\\d+\\.\\d{3,}");
    private static final Pattern RGB = Pattern.compile("rgb\\((\\d+),(\\d+),(\\d+)\\)");
    private static final Pattern STYLE = Pattern.compile("\\s*([a-z-]+)\\s*:\\s*([^;]+);?");
    private static final List<String> DROPPED =
            List.of("clip-bounds-jfx", "font-family", "class", "style", "xmlns:xlink", "id");

    String of(String drawn, int width, int height) {
        try {
            Document document = parse(drawn);
            Element svg = document.getDocumentElement();
            Map<String, String> names = new HashMap<>();
            tidy(svg, names);
            refer(svg, names);
            svg.removeAttribute("width");
            svg.removeAttribute("height");
            svg.setAttribute("viewBox", "0 0 " + width + " " + height);
            svg.setAttribute("role", "img");
            svg.setAttribute("aria-labelledby", id + "-title " + id + "-desc");
            svg.setAttribute("class", "plot");
            Node first = svg.getFirstChild();
            svg.insertBefore(described(document, "title", title), first);
            svg.insertBefore(described(document, "desc", description), first);
            return print(document);
        } catch (Exception e) {
            throw new IllegalStateException("Lets-Plot drew what is no SVG", e);
        }
    }

    private Element described(Document document, String name, String text) {
        Element element = document.createElementNS(SVG, name);
        element.setAttribute("id", id + "-" + name);
        element.setTextContent(text);
        return element;
    }

    private static Document parse(String drawn) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newDefaultNSInstance();
        factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new InputSource(new StringReader(drawn)));
    }

    private void tidy(Element element, Map<String, String> names) {
        if (element.hasAttribute("id")) {
            names.put(element.getAttribute("id"), id + "-" + names.size());
        }
        style(element);
        for (Attr attribute : attributes(element)) {
            if (DROPPED.contains(attribute.getName())) {
                String name = names.get(attribute.getValue());
                element.removeAttributeNode(attribute);
                if (attribute.getName().equals("id") && element.getTagName().equals("clipPath")) {
                    element.setAttribute("id", String.valueOf(name));
                }
            } else {
                attribute.setValue(shorter(attribute.getValue()));
            }
        }
        colour(element, "fill", "f-");
        colour(element, "stroke", "s-");
        for (Node child : children(element)) {
            if (child instanceof Element inner) {
                if (inner.getTagName().equals("style")) {
                    element.removeChild(inner);
                } else {
                    tidy(inner, names);
                    if (inner.getTagName().equals("g") && !inner.hasChildNodes()) {
                        element.removeChild(inner);
                    }
                }
            } else if (child instanceof Text text) {
                String words = text.getData().strip();
                if (words.isEmpty()) {
                    element.removeChild(text);
                } else {
                    text.setData(words);
                }
            }
        }
    }

    /** Texts have their colour in a style, or in the style sheet, by a class. */
    private static void style(Element element) {
        if (!element.getTagName().equals("text")) {
            return;
        }
        element.setAttribute("fill", Colour.MUTED.onWhite());
        Matcher style = STYLE.matcher(element.getAttribute("style"));
        while (style.find()) {
            if (style.group(1).equals("fill")) {
                element.setAttribute("fill", style.group(2));
            }
        }
        element.removeAttribute("fill-opacity");
    }

    /** The value for white stays, for programs that know no style sheets. */
    private static void colour(Element element, String attribute, String prefix) {
        Matcher rgb = RGB.matcher(element.getAttribute(attribute));
        if (rgb.matches()) {
            element.setAttribute(
                    attribute,
                    String.format(
                            Locale.ROOT,
                            "#%02x%02x%02x",
                            Integer.parseInt(rgb.group(1)),
                            Integer.parseInt(rgb.group(2)),
                            Integer.parseInt(rgb.group(3))));
        }
        if (element.getAttribute(attribute + "-opacity").equals("0.0")) {
            element.setAttribute(attribute, "none");
            element.removeAttribute(attribute + "-opacity");
        }
        if (element.getAttribute(attribute + "-opacity").equals("1.0")) {
            element.removeAttribute(attribute + "-opacity");
        }
        for (Colour colour : Colour.values()) {
            if (element.getAttribute(attribute).equals(colour.onWhite())) {
                String others = element.getAttribute("class");
                element.setAttribute("class", (others + " " + prefix + colour.key()).strip());
            }
        }
    }

    private static void refer(Element element, Map<String, String> names) {
        String clip = element.getAttribute("clip-path");
        if (!clip.isEmpty()) {
            String name = names.get(clip.substring("url(#".length(), clip.length() - 1));
            element.setAttribute("clip-path", "url(#" + name + ")");
        }
        for (Node child : children(element)) {
            if (child instanceof Element inner) {
                refer(inner, names);
            }
        }
    }

    private static String shorter(String value) {
        return LONG.matcher(value)
                .replaceAll(number ->
                        String.format(Locale.ROOT, "%.2f", Double.parseDouble(number.group()))
                                .replaceFirst("\\.?0+$", ""));
    }

    private static List<Attr> attributes(Element element) {
        List<Attr> all = new ArrayList<>();
        for (int i = 0; i < element.getAttributes().getLength(); i++) {
            all.add((Attr) element.getAttributes().item(i));
        }
        return all;
    }

    private static List<Node> children(Element element) {
        List<Node> all = new ArrayList<>();
        for (int i = 0; i < element.getChildNodes().getLength(); i++) {
            all.add(element.getChildNodes().item(i));
        }
        return all;
    }

    private static String print(Document document) throws Exception {
        Transformer printer = TransformerFactory.newDefaultInstance().newTransformer();
        printer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter text = new StringWriter();
        printer.transform(new DOMSource(document), new StreamResult(text));
        return text.toString();
    }
}
