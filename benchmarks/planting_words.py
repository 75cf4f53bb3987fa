"""Boilerplate written for benchmarks/boilerplate.py: even entries for development, odd ones for judgement."""

ONE_LINE_RELATED = ["Related Article", "Also check", "Related articles", "Also read", "You may also like", "Related posts", "Read also", "Related Post", "Recommended for you", "You might also like"]
LISTED_RELATED = ["Related posts", "You may also like", "Related Articles:", "You might also like", "Recommended reading", "Related stories", "Read next", "More stories", "Recent Posts", "Popular posts"]
INLINE_RELATED = ["Read also:", "RELATED:", "Related:", "Also read:", "READ MORE:", "See also:", "You may also like:", "Read more:", "Also Read |", "Don't miss:"]
ANCHORS = ["check here", "click here", "visit this site", "read this article", "view publisher site", "useful reference", "my latest blog post", "the original source", "read the full info here", "click this link", "see this here", "find out here", "go to my site", "look at this website", "check this out", "my company", "visit homepage", "learn this here now", "hop over to this website", "browse around this site", "such a good point", "click for more info", "you could try here", "more helpful hints", "description here", "additional reading", "great site", "helpful resources", "continue reading this", "check my source", "why not check here", "read what he said", "this contact form", "have a peek here", "his explanation", "try this out"]
NAMES = ["Jane Doe", "Michael O'Brien", "Dr. Maria Lopez", "Anna-Lena Schmidt", "Priya Raman", "John K. Smith", "Fatima El-Sayed", "Tom Baker", "Wei Zhang", "Laura van Dijk", "Samuel Adeyemi", "Claire Dubois"]
BYLINE_FORMS = ["By {name}", "Written by {name}", "Written by {name} Medically reviewed by {other}, MD", "By {name}, Staff Writer", "Medically reviewed by {name}, M.D.", "Reviewed by {name}, RN", "Author: {name}", "By {name} and {other}", "Posted by {name}", "{name} profile photo", "{name} profile photo\n{name} is a writer who covers health, food and fitness for several magazines.", "By {name} | Updated March 3, 2021", "Written by: {name}", "Fact checked by {name}"]
DATE_FORMS = ["Published:Nov 23, 202300:15", "Last updated on March 4, 2022", "Posted on June 5, 2019", "Updated: 12 January 2021", "Published: 2021-05-04", "Published on 3rd of May 2020 at 10:45", "Updated 3:15 PM ET, Tue March 3, 2020", "Last Updated: 04/05/2021", "December 5, 2020", "14 July 2018", "Jun 3, 2021 10:30 AM", "Mon, 4 Oct 2021", "5 min read", "3 minute read", "Last reviewed: October 2020", "Last medically reviewed on August 7, 2019", "Updated 2 years ago", "Posted 3 days ago", "Published Thursday, 9 May 2019 | 08:00", "First published Feb 2, 2017 08:12 EST", "2020-11-30 | 6 min read", "05.04.2021"]
COMMENT_HEADINGS = ["3 Comments", "2 responses to this post", "Comments", "4 thoughts on this article", "Comments (5)", "1 Comment"]
COMMENTS = ["Thank you so much for this article, it helped me a lot!", "I had the same problem last year and my doctor told me to rest.", "Does anyone know whether this also works for children?", "Great post, keep up the good work.", "My mother tried this and it made no difference at all. I would ask a doctor first.", "Very informative, I will share it with my sister."]
CREDITS = ["Photo by {name} on Unsplash", "Image: {name}/Getty Images", "Photo: {name}", "Photo credit: {name}", "Image credit: Shutterstock", "Image courtesy of {name}", "Getty Images", "Photo by {name} from Pexels", "Image source: Pixabay", "Picture: iStock", "Illustration by {name}", "Credit: {name}/Shutterstock"]

NOTICES: dict[str, list[str]] = {
    "cookie_notice": [
        "This site uses cookies. By continuing to browse the site you are agreeing to our use of cookies.",
        "We use cookies to give you the best experience on our website. If you continue, we'll assume that you are happy with it.",
        "Our website uses cookies to improve your experience. We'll assume you're ok with this, but you can opt-out if you wish. Accept Read More",
        "By clicking \"Accept all\", you consent to the storing of cookies on your device to analyse site usage and assist in our marketing efforts.",
        "Cookies help us deliver our services. By using our services, you agree to our use of cookies. OK Learn more",
        "We value your privacy. We and our partners store or access information on devices, such as cookies, and process personal data.",
        "This website stores cookies on your computer which are used to collect information about how you interact with our website.",
        "We and selected third parties use cookies or similar technologies for technical purposes and, with your consent, for other purposes.",
        "To provide the best experiences, we use technologies like cookies to store and/or access device information.",
        "Please accept cookies to continue. You can change your cookie settings at any time.",
    ],
    "comment_form": [
        "Leave a Reply", "Post a Comment", "Your email address will not be published. Required fields are marked *", "Leave a Comment Cancel Reply",
        "Save my name, email, and website in this browser for the next time I comment.", "You must be logged in to post a comment.",
        "Log in to reply", "Add a comment...", "Notify me of follow-up comments by email.", "Notify me of new posts by email.", "Comments are closed.", "Be the first to comment on this article.",
        "This site uses Akismet to reduce spam. Learn how your comment data is processed.", "All comments are moderated before they are published.",
    ],
    "share_bar": [
        "Share on Facebook Tweet Pin It", "Share this:", "Share Tweet Share Pin Email", "Share on Facebook Share on Twitter Share on LinkedIn", "FacebookTwitterPinterestWhatsApp", "Click to share on Facebook (Opens in new window)",
        "Share this article", "Sharing is caring!", "Share via: Facebook Twitter LinkedIn More", "Facebook Twitter Pinterest LinkedIn WhatsApp", "Tweet Share 0 Reddit +1 Pocket LinkedIn 0", "Follow us on Facebook, Twitter and Instagram",
    ],
    "newsletter": [
        "Sign up for our newsletter to get the latest health news delivered to your inbox.", "Subscribe to our newsletter", "Get our free weekly wellness tips straight to your inbox. No spam, unsubscribe at any time.", "Enter your email address to subscribe to this blog and receive notifications of new posts by email.",
        "Join 20,000 subscribers who get our best articles by email every week.", "By subscribing you agree to our Terms and Privacy Policy.", "Thanks for subscribing! Please check your email to confirm your subscription.", "Stay up to date: subscribe to our mailing list today.",
    ],
    "advert": [
        "Advertisement", "ADVERTISEMENT - CONTINUE READING BELOW", "This post contains affiliate links. If you buy something through one of them we may earn a small commission at no extra cost to you.", "As an Amazon Associate I earn from qualifying purchases.",
        "Article continues below advertisement", "Story continues below advertisement", "Sponsored Content", "Ads by Google", "We may receive a commission on purchases made from links on this page.", "This article was sponsored by a partner of ours.",
    ],
    "paywall_notice": [
        "Subscribe to continue reading", "You have reached your limit of free articles this month.", "Already a subscriber? Log in", "This article is for subscribers only.", "To continue reading, please create a free account.", "Register for free to read the full article.",
    ],
    "disclaimer": [
        "Disclaimer: This article serves as general information and should not be considered medical advice. Consult a healthcare professional for personalized guidance. Individual circumstances may vary.",
        "The content on this website is provided for informational purposes only and is not intended as a substitute for advice from your physician or other health care professional.",
        "Always seek the advice of your physician or other qualified health provider with any questions you may have regarding a medical condition.",
        "Never disregard professional medical advice or delay in seeking it because of something you have read on this website.",
        "These statements have not been evaluated by the Food and Drug Administration. This product is not intended to diagnose, treat, cure, or prevent any disease.",
        "This information is not meant to replace the advice of a doctor. We disclaim any liability for the decisions you make based on this information.",
        "© 2021 HealthSite Media. All rights reserved.", "Copyright 2020 Example Health LLC. All Rights Reserved.",
    ],
    "navigation": [
        "To top", "Back to top", "Skip to content", "Skip to main content", "Home > Health > Conditions > Depression", "Home » Articles » Nutrition", "Back to Top ↑", "Home / Blog / Wellness", "For more on news and current affairs, please visit Socially Trend.", "You are here: Home / Diseases / Asthma",
        "← Previous post Next post →", "Next Article →",
    ],
}  # fmt: skip
